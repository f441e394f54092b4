//! Addresses that a certificate names for its revocation and its issuer. Nothing is asked of them.

use x509_parser::{
    certificate::X509Certificate,
    extensions::{DistributionPointName, GeneralName, ParsedExtension},
};

/// Addresses of one kind that are kept; certificates name one or two.
const MOST: usize = 16;

/// A longer address is left out: cut short it would be another one.
const LONGEST: usize = 2048;

/// id-ad-ocsp.
pub(super) const OCSP: &str = "1.3.6.1.5.5.7.48.1";
/// id-ad-caIssuers.
pub(super) const ISSUER: &str = "1.3.6.1.5.5.7.48.2";

/// Addresses of authorityInfoAccess for one purpose.
pub(super) fn of_access(cert: &X509Certificate<'_>, purpose: &str) -> Vec<String> {
    let access = cert.iter_extensions().filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => Some(access),
        _ => None,
    });
    let descriptions = access.flat_map(|access| access.iter());
    kept(descriptions.filter(|d| d.access_method.to_id_string() == purpose).map(|d| &d.access_location))
}

/// Addresses of cRLDistributionPoints.
pub(super) fn of_crl(cert: &X509Certificate<'_>) -> Vec<String> {
    let points = cert.iter_extensions().filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::CRLDistributionPoints(points) => Some(points),
        _ => None,
    });
    let names = points.flat_map(|points| points.iter()).filter_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    kept(names.flatten())
}

fn kept<'a, 'n: 'a>(names: impl Iterator<Item = &'a GeneralName<'n>>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let addresses = names.filter_map(|name| match name {
        GeneralName::URI(address) if address.len() <= LONGEST => Some((*address).to_owned()),
        _ => None,
    });
    for address in addresses {
        if out.len() == MOST {
            break;
        }
        if !out.contains(&address) {
            out.push(address);
        }
    }
    out
}
