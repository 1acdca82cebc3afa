//! Nodes over TLS, with an authority of the test's own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crdt_node::config::{Config, Peer, Tls};
use crdt_node::engine::{Settings, start};
use crdt_node::http::{Node, dial, listen};
use crdt_node::store::Memory;
use crdt_node::tls::{TlsError, acceptor, connector};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::pki_types::ServerName;

const CART: &str = "/v1/documents/global/cart";

/// A folder with an authority's certificate, and a node's with its key.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut about = CertificateParams::new(Vec::new()).expect("an authority");
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(about, key()).expect("signs");
        let node =
            CertificateParams::new(["localhost".into(), "127.0.0.1".into()]).expect("a node");
        let own = key();
        let certificate = node.signed_by(&own, &authority).expect("signs");
        let files = Self { folder };
        files.write("ca.pem", &authority.pem());
        files.write("certificate.pem", &certificate.pem());
        files.write("key.pem", &own.serialize_pem());
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("writes");
    }

    fn tls(&self) -> Tls {
        Tls { certificate: self.path("certificate.pem"), key: self.path("key.pem") }
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

/// A region that is reached over TLS, until it is dropped.
struct Region {
    address: SocketAddr,
    node: Node,
    tasks: Vec<JoinHandle<()>>,
}

impl Region {
    async fn start(name: &str, other: &str, files: &Files, authority: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("has one");
        let mut config = Config::new(name, address);
        config.tls = Some(files.tls());
        config.peers = vec![Peer::new(other)];
        config.check(false).expect("is right");
        let settings = Settings { members: config.members(), ..Settings::new(name) };
        let (engine, _) = start(settings, Arc::new(Memory::new())).expect("starts");
        let connector = connector(Some(authority)).expect("is one");
        let node = Node::new(engine, config).with_connector(connector);
        let tls = acceptor(&files.tls()).expect("is right");
        let served = tokio::spawn(listen(listener, Some(tls), node.clone()));
        Self { address, node, tasks: vec![served] }
    }

    fn dial(&mut self, other: &str, address: SocketAddr) {
        let url = Some(format!("wss://localhost:{}", address.port()));
        let peer = Peer { url, ..Peer::new(other) };
        self.tasks.push(tokio::spawn(dial(self.node.clone(), peer)));
    }

    /// What it answers, its head and its body.
    async fn ask(&self, files: &Files, request: &str) -> String {
        let stream = TcpStream::connect(self.address).await.expect("connects");
        let name = ServerName::try_from("localhost").expect("a name");
        let connector = connector(Some(&files.path("ca.pem"))).expect("is one");
        ask(connector.connect(name, stream).await.expect("is encrypted"), request).await
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut answer = Vec::new();
    // Who speaks something else is cut off.
    let _ended = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str, more: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n")
}

fn post(path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

const WRITE: &str = r#"{"operations": [{"op": "set.add", "name": "cart", "values": ["apple"]}],
    "durability": "all", "wait_ms": WAIT}"#;

#[tokio::test]
async fn regions_converge_over_tls_and_pages_are_served_over_it() {
    let files = Files::new();
    let authority = files.path("ca.pem");
    let us = Region::start("us", "eu", &files, &authority).await;
    let mut eu = Region::start("eu", "us", &files, &authority).await;
    eu.dial("us", us.address);
    let written = eu.ask(&files, &post(CART, &WRITE.replace("WAIT", "20000"))).await;
    assert!(written.contains("\"done\":true"), "{written}");
    let read = us.ask(&files, &get(CART, "")).await;
    assert!(read.starts_with("HTTP/1.1 200") && read.contains("apple"), "{read}");
    // Who speaks no TLS gets nothing.
    let plain = TcpStream::connect(us.address).await.expect("connects");
    let answer = ask(plain, &get(CART, "")).await;
    assert!(!answer.contains("HTTP"), "{answer}");
}

#[tokio::test]
async fn a_region_that_another_authority_vouches_for_is_not_connected() {
    let (files, others) = (Files::new(), Files::new());
    let us = Region::start("us", "eu", &files, &files.path("ca.pem")).await;
    let mut eu = Region::start("eu", "us", &files, &others.path("ca.pem")).await;
    eu.dial("us", us.address);
    let written = eu.ask(&files, &post(CART, &WRITE.replace("WAIT", "1000"))).await;
    assert!(written.contains("\"done\":false"), "{written}");
}

#[tokio::test]
async fn a_page_that_came_without_tls_is_of_another_origin() {
    let files = Files::new();
    let us = Region::start("us", "eu", &files, &files.path("ca.pem")).await;
    let own = us.ask(&files, &get("/v1/sync/global/cart", "origin: https://localhost\r\n")).await;
    assert!(own.contains("malformed"), "it is allowed, and no WebSocket: {own}");
    let plain = us.ask(&files, &get("/v1/sync/global/cart", "origin: http://localhost\r\n")).await;
    assert!(plain.starts_with("HTTP/1.1 403") && plain.contains("\"origin\""), "{plain}");
}

#[test]
fn files_that_are_of_no_use_are_refused_by_name() {
    let (files, others) = (Files::new(), Files::new());
    let refused = |certificate: PathBuf, key: PathBuf| {
        let tls = Tls { certificate, key };
        let error = acceptor(&tls).map(drop).expect_err("must be refused");
        (error.to_string(), error)
    };
    let (certificate, own) = (files.path("certificate.pem"), files.path("key.pem"));
    let (said, error) = refused(files.path("none.pem"), own.clone());
    assert!(said.contains("none.pem") && matches!(error, TlsError::Unreadable { .. }), "{said}");
    let (said, _) = refused(own.clone(), own.clone());
    assert!(said.contains("no certificate in") && said.contains("key.pem"), "{said}");
    let (said, _) = refused(certificate.clone(), certificate.clone());
    assert!(said.contains("no private key in"), "{said}");
    let (said, _) = refused(certificate.clone(), others.path("key.pem"));
    assert!(said.contains("is not that of the certificate"), "{said}");
    files.write("torn.pem", "-----BEGIN CERTIFICATE-----\nMIIB");
    let (said, error) = refused(files.path("torn.pem"), own);
    assert!(said.contains("torn.pem") && matches!(error, TlsError::Malformed { .. }), "{said}");
    let said = connector(Some(&files.path("key.pem"))).map(drop).expect_err("is none").to_string();
    assert!(said.contains("no certificate in"), "{said}");
}
