//! Connections that are encrypted: what a node shows, and whom it trusts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, Error, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::config::Tls;

/// Connections cannot be encrypted as configured. Nothing was started.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is not PEM.
    Malformed {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// There is nothing in a file of what is asked for.
    Missing {
        /// Which.
        path: PathBuf,
        /// What should be there.
        what: &'static str,
    },
    /// A certificate cannot be used, or its key is another's.
    Unfit {
        /// The file of the certificate.
        path: PathBuf,
        /// Why not.
        why: Error,
    },
    /// The platform names no authority to trust.
    NobodyTrusted,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Malformed { path, what } => {
                write!(f, "{} is not a PEM file: {what}", path.display())
            }
            Self::Missing { path, what } => write!(f, "there is no {what} in {}", path.display()),
            Self::Unfit { path, why: Error::InconsistentKeys(_) } => {
                write!(f, "the private key is not that of the certificate in {}", path.display())
            }
            Self::Unfit { path, why } => {
                write!(f, "the certificate in {} cannot be used: {why}", path.display())
            }
            Self::NobodyTrusted => f.write_str(
                "this system has no certificates of authorities, and peers are reached over wss://: \
                 install them (ca-certificates), or name your own with `ca`",
            ),
        }
    }
}

impl std::error::Error for TlsError {}

/// What encrypts connections that come in.
///
/// # Errors
///
/// When a file cannot be read, is not what it should be, or the two do not belong together.
pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsError> {
    let certificates = certificates(&tls.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key)
        .map_err(|error| refused(&tls.key, error, "private key"))?;
    let unfit = |why| TlsError::Unfit { path: tls.certificate.clone(), why };
    let builder = ServerConfig::builder_with_provider(provider());
    let builder = builder.with_safe_default_protocol_versions().map_err(unfit)?;
    let mut config =
        builder.with_no_client_auth().with_single_cert(certificates, key).map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// What encrypts connections to peers: they are those whom this authority vouches for, or without one,
/// those whom the platform trusts.
///
/// # Errors
///
/// When the file cannot be read or is not what it should be, and when the platform trusts nobody.
pub fn connector(authority: Option<&Path>) -> Result<TlsConnector, TlsError> {
    let mut trusted = RootCertStore::empty();
    let unfit = |path: &Path| {
        let path = path.to_path_buf();
        move |why| TlsError::Unfit { path, why }
    };
    if let Some(path) = authority {
        for certificate in certificates(path)? {
            trusted.add(certificate).map_err(unfit(path))?;
        }
    } else {
        // Some that a platform keeps are of no use, and the others suffice.
        trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if trusted.is_empty() {
            return Err(TlsError::NobodyTrusted);
        }
    }
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(unfit(authority.unwrap_or(Path::new(""))))?;
    let config = builder.with_root_certificates(trusted).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let refused = |error| refused(path, error, "certificate");
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(refused)?.collect();
    let found = found.map_err(refused)?;
    if found.is_empty() {
        return Err(refused(pem::Error::NoItemsFound));
    }
    Ok(found)
}

fn refused(path: &Path, error: pem::Error, what: &'static str) -> TlsError {
    let path = path.to_path_buf();
    match error {
        pem::Error::Io(error) => TlsError::Unreadable { path, error },
        pem::Error::NoItemsFound => TlsError::Missing { path, what },
        error => TlsError::Malformed { path, what: error.to_string() },
    }
}
