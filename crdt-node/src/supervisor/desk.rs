//! Where the supervisor is asked for things while its regions run: over HTTP, from this machine only.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /` | the console |
//! | `GET /demo` | all regions, what each says of the others, and what is cut |
//! | `POST /demo/regions/REGION/stop`, `…/start` | ends its process as `kill -9` does; starts it |
//! | `POST /demo/links/A/B/cut`, `…/heal` | no byte passes between the two, until it is healed |

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::{io, thread};

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::Failure;
use super::process::Event;
use crate::console;

/// What the supervisor can be asked for. Asking twice is as good as once.
#[derive(Clone, Debug)]
pub(super) enum Errand {
    State,
    Stop(String),
    Start(String),
    Cut(String, String),
    Heal(String, String),
}

/// Somebody waits for this to be done.
pub(super) struct Asked {
    pub(super) errand: Errand,
    /// The error says what is wrong with the errand.
    pub(super) answer: oneshot::Sender<Result<Value, String>>,
}

pub(super) struct Desk {
    listener: TcpListener,
    address: SocketAddr,
}

#[derive(Clone)]
struct Errands(Sender<Event>);

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

impl Desk {
    pub(super) fn open() -> Result<Self, Failure> {
        let open = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            Ok(Self { address: listener.local_addr()?, listener })
        };
        open().map_err(|error: io::Error| Failure::new(format!("cannot listen: {error}")))
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Hands on what is asked for, for as long as the process lasts.
    pub(super) fn serve(
        self,
        console: Option<PathBuf>,
        events: Sender<Event>,
    ) -> Result<(), Failure> {
        let Self { listener, address } = self;
        let router = router(address, console, events);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let serve = runtime.and_then(|runtime| {
            thread::Builder::new().name("desk".into()).spawn(move || {
                runtime.block_on(async {
                    let listener = tokio::net::TcpListener::from_std(listener)?;
                    axum::serve(listener, router).await
                })
            })
        });
        serve.map(drop).map_err(|error| Failure::new(format!("cannot serve: {error}")))
    }
}

fn router(address: SocketAddr, console: Option<PathBuf>, events: Sender<Event>) -> Router {
    let region = |errand: fn(String) -> Errand| {
        post(move |State(errands): State<Errands>, Path(region): Path<String>| async move {
            errands.run(errand(region)).await
        })
    };
    let link = |errand: fn(String, String) -> Errand| {
        post(
            move |State(errands): State<Errands>, Path((one, other)): Path<(String, String)>| async move {
                errands.run(errand(one, other)).await
            },
        )
    };
    let state = |State(errands): State<Errands>| async move { errands.run(Errand::State).await };
    let here = [address.to_string(), format!("localhost:{}", address.port())];
    Router::new()
        .route("/demo", get(state))
        .route("/demo/regions/{region}/stop", region(Errand::Stop))
        .route("/demo/regions/{region}/start", region(Errand::Start))
        .route("/demo/links/{one}/{other}/cut", link(Errand::Cut))
        .route("/demo/links/{one}/{other}/heal", link(Errand::Heal))
        .merge(console::routes(console, json!({"supervised": true})))
        .layer(middleware::from_fn(move |request, next| only_from(here.clone(), request, next)))
        .with_state(Errands(events))
}

/// Pages from elsewhere ask for nothing here, also if they come by another name of this address.
async fn only_from(
    here: [String; 2],
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let headers: &HeaderMap = request.headers();
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_here = text(header::HOST).is_some_and(|host| here.iter().any(|own| own == host));
    let is_own = text(header::ORIGIN)
        .is_none_or(|origin| here.iter().any(|own| format!("http://{own}") == origin));
    if is_here && is_own { Ok(next.run(request).await) } else { Err(StatusCode::FORBIDDEN) }
}

impl Errands {
    async fn run(&self, errand: Errand) -> Answer {
        let refused =
            |status, message: String| (status, Json(json!({"error": {"message": message}})));
        let ending = || refused(StatusCode::SERVICE_UNAVAILABLE, "the demo is ending".into());
        let (answer, answered) = oneshot::channel();
        self.0.send(Event::Asked(Asked { errand, answer })).map_err(|_| ending())?;
        let done = answered.await.map_err(|_| ending())?;
        done.map(Json).map_err(|message| refused(StatusCode::NOT_FOUND, message))
    }
}
