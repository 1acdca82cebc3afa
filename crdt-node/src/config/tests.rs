//! Configurations, right and wrong.

use std::net::SocketAddr;

use crdt_core::ReplicaId;

use super::{Authorizer, Caller, Config, May, Tokens, hash_of};

fn parsed(text: &str) -> Config {
    Config::parse(text, Some("eu-west"), Some(([127, 0, 0, 1], 0).into())).expect("parses")
}

fn refused(text: &str) -> String {
    parsed(text).check(false).expect_err("must be refused").to_string()
}

const SCOPES: &str = r#"
    [[peer]]
    region = "eu-central"
    [[peer]]
    region = "us-east"
    url = "ws://127.0.0.1:1"
    [scope.global]
    [scope.eu-only]
    regions = ["eu-west", "eu-central"]
"#;

#[test]
fn a_bound_scope_is_for_its_regions_only() {
    let config = parsed(SCOPES);
    config.check(false).expect("is right");
    assert_eq!(config.scopes_held(), ["eu-only", "global"]);
    assert_eq!(config.scopes_shared("eu-central"), ["eu-only", "global"]);
    assert_eq!(config.scopes_shared("us-east"), ["global"]);
    assert_eq!(parsed("").scopes_held(), ["global"]);
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    assert!(refused("[scope.eu]\nregions = [\"mars\"]").contains("the region mars"));
    assert!(refused("[[peer]]\nregion = \"eu-west\"").contains("eu-west is there twice"));
    assert!(refused("[[peer]]\nregion = \"eu/west\"").contains("\"eu/west\" cannot be"));
    for url in ["https://us", "us:80", "ws://", "wss:us", "ws://a b"] {
        let peer = format!("[[peer]]\nregion = \"us\"\nurl = \"{url}\"");
        assert!(refused(&peer).contains("begins with ws://"), "{url}");
    }
    let address = "[[peer]]\nregion = \"us\"\naddress = \"wss://us.example\"";
    assert!(refused(address).contains("begins with https://"));
    let peer = "[[peer]]\nregion = \"us\"\nurl = \"wss://us.example:7801\"";
    parsed(peer).check(false).expect("is right");
    assert!(refused("[[token]]\nhash = \"secret\"").contains("is not the hash of a token"));
    let token = format!("[[token]]\nhash = \"{}\"\nscopes = [\"us\"]", hash_of("secret"));
    assert!(refused(&token).contains("the scope us"));
    let token = format!("[[token]]\nhash = \"{}\"\nregion = \"uss\"", hash_of("secret"));
    assert!(refused(&token).contains("the region uss, which is no peer"));
    let unknown = Config::parse("lisen = 1", Some("eu"), Some(([127, 0, 0, 1], 0).into()));
    assert!(unknown.expect_err("must be refused").to_string().contains("unknown field `lisen`"));
}

/// As many connections as a number can say ended the process, and none at all was taken for a limit.
#[test]
fn a_limit_out_of_range_is_refused_by_name() {
    for limit in ["documents", "request_bytes", "connections", "slow_ms", "wait_ms"] {
        for value in ["0", "9223372036854775807"] {
            let said = refused(&format!("[limits]\n{limit} = {value}"));
            assert!(said.contains(&format!("limits.{limit} is {value}: take ")), "{said}");
        }
    }
    parsed("[limits]\nconnections = 1000000").check(false).expect("is right");
}

#[test]
fn nothing_listens_beyond_loopback_without_authentication_unless_told_so() {
    let listen: SocketAddr = ([0, 0, 0, 0], 8080).into();
    let open = Config::new("eu-west", listen);
    assert!(open.check(false).expect_err("must be refused").to_string().contains("everybody"));
    open.check(true).expect("was told so");
    let token = format!("[[token]]\nhash = \"{}\"", hash_of("secret"));
    Config { listen, ..parsed(&token) }.check(false).expect("is authenticated");
}

#[test]
fn a_token_that_is_bound_to_replicas_speaks_for_them_and_no_other_does() {
    let (one, other) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
    let token =
        |token: &str, rest: &str| format!("[[token]]\nhash = \"{}\"\n{rest}\n", hash_of(token));
    let text = token("bound", &format!("replicas = [\"{one}\"]")) + &token("free", "");
    let config = parsed(&text);
    config.check(false).expect("is right");
    let tokens = Tokens::new(&config.tokens);
    for (token, replica, may) in
        [("bound", one, true), ("bound", other, false), ("free", one, false), ("free", other, true)]
    {
        let caller = tokens.caller(Some(token)).expect("is known");
        assert_eq!(tokens.may_speak_for(&caller, replica), may, "{token} {replica}");
    }
    assert!(refused(&token("bound", "replicas = [\"me\"]")).contains("\"me\", which is no id"));
}

#[test]
fn a_token_allows_what_it_says() {
    let token = |token, rest| format!("[[token]]\nhash = \"{}\"\n{rest}\n", hash_of(token));
    let text = [
        SCOPES,
        &token("reader", "scopes = [\"global\"]"),
        &token("writer", "may = \"write\""),
        &token("peer", "region = \"us-east\""),
    ];
    let config = parsed(&text.concat());
    config.check(false).expect("is right");
    let caller = |token| Caller::of(token, &config.tokens);
    assert_eq!((caller(None), caller(Some("guessed"))), (None, None));
    let reader = caller(Some("reader")).expect("is known");
    assert!(reader.may(May::Read, "global") && !reader.may(May::Write, "global"));
    assert!(!reader.may(May::Read, "eu-only") && !reader.is_region("us-east"));
    let writer = caller(Some("writer")).expect("is known");
    assert!(writer.may(May::Write, "eu-only") && !writer.is_region("us-east"));
    let peer = caller(Some("peer")).expect("is known");
    assert!(peer.is_region("us-east") && !peer.is_region("eu-west"));
    assert!(!peer.may(May::Read, "global"));
    let anybody = Caller::of(None, &[]).expect("everybody");
    assert!(anybody.may(May::Write, "global") && anybody.is_region("us-east"));
}
