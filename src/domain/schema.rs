//! How amounts look in the OpenAPI document.

use std::borrow::Cow;

use utoipa::openapi::schema::{OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::amount::Amount;

/// The form of a decimal sent as a string.
pub const DECIMAL_PATTERN: &str = r"^-?\d{1,16}(\.\d{1,12})?$";

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).pattern(Some(DECIMAL_PATTERN));
        RefOr::T(Schema::OneOf(
            OneOfBuilder::new()
                .item(number)
                .item(text)
                .description(Some("A decimal: a JSON number of up to 15 digits, or a string of up to 12 decimals."))
                .build(),
        ))
    }
}

impl ToSchema for Amount {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Amount")
    }
}
