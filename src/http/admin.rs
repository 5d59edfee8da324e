//! The guard of what writes: the admin token.
//!
//! A handler that changes anything takes [`Admin`] as its first argument; nothing else is needed. Where no token is
//! configured nobody may write, and the answer says so. Of the token only the hash is kept, compared in constant time,
//! and it never goes to the log.

use std::env;
use std::fmt;
use std::fs;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use anyhow::{Context as _, bail};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};

use super::error::{ApiError, ApiResult};
use super::state::State;
use crate::config::ServeConfig;
use crate::domain::problem::Code;

/// The name of the token in the OpenAPI document.
pub const SCHEME: &str = "admin_token";
/// The environment variable with the token.
pub const ENVIRONMENT: &str = "CROSSOVER_ADMIN_TOKEN";
/// The shortest token that is taken: 16 characters at random cannot be tried out.
const MIN_TOKEN: usize = 16;
/// The longest.
const MAX_TOKEN: usize = 1_024;

/// The token that writes need. Only its hash is kept.
#[derive(Clone)]
pub struct AdminToken([u8; 32]);

impl AdminToken {
    /// Takes a token. White space around it, such as the line end of a file, is not part of it.
    ///
    /// # Errors
    /// What is wrong with it, without the token: it must have 16 to 1024 characters, all of them visible ASCII.
    pub fn new(token: &str) -> Result<Self, String> {
        let token = token.trim();
        let found = token.chars().count();
        if !(MIN_TOKEN..=MAX_TOKEN).contains(&found) {
            return Err(format!("the admin token has {found} characters; it must have {MIN_TOKEN} to {MAX_TOKEN}"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the admin token has a character that is not visible ASCII; it goes in a header".to_owned());
        }
        Ok(Self(hash(token.as_bytes())))
    }

    /// The token that the configuration names, from the file or from the environment. It is never an argument, which
    /// other users of the machine could read.
    ///
    /// # Errors
    /// Where the file cannot be read, both are given, or the token is not of the form that [`AdminToken::new`] takes.
    pub fn configured(config: &ServeConfig) -> anyhow::Result<Option<Self>> {
        let in_environment = env::var_os(ENVIRONMENT).filter(|token| !token.is_empty());
        let token = match (&config.admin_token_file, in_environment) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                bail!("there is an admin token in `{ENVIRONMENT}` and in a file; give one of the two")
            }
            (None, Some(token)) => token.to_string_lossy().into_owned(),
            (Some(path), None) => fs::read_to_string(path)
                .with_context(|| format!("the admin token cannot be read from `{}`", path.display()))?,
        };
        Self::new(&token).map(Some).map_err(anyhow::Error::msg)
    }

    /// Whether this is the token. How long that takes does not tell how near it is.
    fn is(&self, offered: &[u8]) -> bool {
        self.0.ct_eq(&hash(offered)).into()
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken(…)")
    }
}

fn hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Proof that the request may write. Taken as the first argument, it refuses before the body is read.
#[derive(Debug, Clone, Copy)]
pub struct Admin(());

impl FromRequest for Admin {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admit(request))
    }
}

fn admit(request: &HttpRequest) -> ApiResult<Admin> {
    let state = request.app_data::<Data<State>>().ok_or_else(|| ApiError::internal("the application has no state"))?;
    let Some(token) = state.admin_token() else { return Err(ApiError::writes_disabled()) };
    let mut given = request.headers().get_all(AUTHORIZATION);
    let offered = match (given.next(), given.next()) {
        (None, _) => Err("the request has no `Authorization` header; a write needs `Authorization: Bearer <token>`"),
        (Some(_), Some(_)) => Err("the request has several `Authorization` headers; send one"),
        (Some(one), None) => bearer(one).ok_or("the `Authorization` header is not of the form `Bearer <token>`"),
    };
    match offered {
        Ok(offered) if token.is(offered) => Ok(Admin(())),
        Ok(_) => Err(ApiError::unauthorized("the token is not the admin token of this service", true)),
        Err(detail) => Err(ApiError::unauthorized(detail, false)),
    }
}

/// The token of `Bearer <token>`; the scheme's letters may be of either case.
fn bearer(value: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = value.as_bytes().split_at_checked("Bearer ".len())?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then_some(token)
}

impl ApiError {
    /// No token is configured, so nobody may write.
    fn writes_disabled() -> Self {
        Self::of_request(Code::WritesDisabled, "this service takes no writes, since it has no admin token")
            .hinting(Code::WritesDisabled.help())
    }

    /// The request does not carry the token. `wrong` where it carries another.
    fn unauthorized(detail: &str, wrong: bool) -> Self {
        let challenge =
            if wrong { "Bearer realm=\"crossover\", error=\"invalid_token\"" } else { "Bearer realm=\"crossover\"" };
        Self::of_request(Code::Unauthorized, detail).challenging(challenge)
    }
}

/// What the document says about the token.
pub fn scheme() -> SecurityScheme {
    let about =
        "The admin token of the service, from `CROSSOVER_ADMIN_TOKEN` or `--admin-token-file`. Only writes need it.";
    SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(about)).build())
}

/// What an operation that writes asks for.
pub fn requirement() -> SecurityRequirement {
    SecurityRequirement::new::<_, _, String>(SCHEME, [])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_is_the_token() {
        let token = AdminToken::new(" correct-horse-battery\n").expect("a token");
        assert!(token.is(b"correct-horse-battery"));
        for other in ["", "correct-horse-batter", "correct-horse-batterY", "correct-horse-battery "] {
            assert!(!token.is(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_token_is_long_enough_and_fits_a_header() {
        assert!(AdminToken::new("0123456789abcdef\n").is_ok());
        for (token, words) in [
            ("", "has 0 characters"),
            ("0123456789abcde", "has 15 characters"),
            ("0123456789abcdef with space", "visible ASCII"),
            ("0123456789abcdefé", "visible ASCII"),
        ] {
            let refused = AdminToken::new(token).expect_err(token);
            assert!(refused.contains(words), "{refused}");
        }
    }

    #[test]
    fn a_token_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", AdminToken::new("0123456789abcdef").expect("a token")), "AdminToken(…)");
    }

    #[test]
    fn the_bearer_scheme_is_read_in_either_case() {
        for text in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            assert_eq!(bearer(&HeaderValue::from_static(text)), Some(&b"abc"[..]), "{text}");
        }
        for text in ["", "Bearer", "Bearer ", "Basic abc", "Bearerabc"] {
            assert_eq!(bearer(&HeaderValue::from_static(text)), None, "{text}");
        }
    }
}
