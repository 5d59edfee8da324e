//! AWS Transit Gateway (being written).
use super::metering::MeterSpec;
use crate::domain::unit::Unit;
/// An hour of a VPN attachment.
pub const VPN_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "TransitGatewayVPN", Unit::HOURS);
/// An hour of the attachment of a VPN concentrator.
pub const CONCENTRATOR_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "tgw-vpn-concentrator", Unit::HOURS);
/// Data that enters the hub through a VPN attachment.
pub const VPN_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Bytes", "TransitGatewayVPN", Unit::GB);
/// Data that enters the hub through a VPC attachment.
pub const VPC_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Bytes", "TransitGatewayVPC", Unit::GB);
