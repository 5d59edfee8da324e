//! Floor 4: the use-cases that every interface calls. A request comes in as JSON text, an answer goes out as a value
//! that serialises the same over REST, the command line and batch. No IO: the catalog and the date are arguments.

pub mod answer;
pub mod architecture;
pub mod batch;
pub mod compare;
pub mod decide;
pub mod digits;
pub mod estimate;
pub mod fields;
pub mod price_book;
pub mod receipt;
pub mod request;
