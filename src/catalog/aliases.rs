//! Other spellings: what a usage type of our tables is called on the AWS bill.

use smol_str::SmolStr;

/// One usage type and its name on the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The service code.
    pub service_code: SmolStr,
    /// The Region the name is used in; `*` for all.
    pub region: SmolStr,
    /// Our name. Text in `<…>` is a placeholder; a text in parentheses is a remark on prefixes.
    pub usage_type: SmolStr,
    /// The name on the bill; text in `<…>` is a placeholder.
    pub billed_as: SmolStr,
}

impl Alias {
    /// Whether it renames exactly one usage type: no placeholder, no remark.
    pub fn is_exact(&self) -> bool {
        !self.usage_type.starts_with('(') && !self.usage_type.contains('<') && !self.billed_as.contains('<')
    }
}
