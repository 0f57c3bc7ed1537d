//! Which addresses of the network may be dialled. What strangers name is never a way into the network this server stands in.
//!
//! The check is made on the addresses that are connected to, after the name was looked up, so that a name which answers differently
//! the second time gains nothing. Addresses written as numbers never come here: [`crate::origin::Rules`] refuses them before.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What of IPv4 is nobody's public address: the registry of special-purpose addresses (RFC 6890), groups, and what is reserved.
const SPECIAL_V4: &[Ipv4Net] = &[
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// The part of IPv6 that is handed out. Loopback, private, mapped and translated addresses are all outside.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What inside of [`GLOBAL_V6`] leads elsewhere: protocols of the IETF (Teredo among them), documentation, 6to4.
const SPECIAL_V6: &[Ipv6Net] =
    &[v6([0x2001, 0, 0], 23), v6([0x2001, 0xdb8, 0], 32), v6([0x2002, 0, 0], 16), v6([0x3fff, 0, 0], 20)];

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([a, b, c]: [u16; 3], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// Whether an address is a public one, or in one of the given networks.
#[must_use]
pub fn may_dial(address: IpAddr, networks: &[IpNet]) -> bool {
    let public = match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|special| special.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|special| special.contains(&address))
        }
    };
    public || networks.iter().any(|network| network.contains(&address))
}

/// A name led nowhere, or to private addresses only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no public address")]
pub struct NoPublicAddress(pub String);

/// Looks names up for the client, and keeps private addresses from it.
#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    /// Networks that may be dialled though they are private.
    pub networks: Vec<IpNet>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = self.networks.clone();
        Box::pin(async move {
            // Port 0 stands for that of the scheme.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses = those_to_dial(name.as_str(), found, &networks)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn those_to_dial(
    name: &str,
    found: impl Iterator<Item = SocketAddr>,
    networks: &[IpNet],
) -> Result<Vec<SocketAddr>, NoPublicAddress> {
    let addresses: Vec<_> = found.filter(|address| may_dial(address.ip(), networks)).collect();
    if addresses.is_empty() { Err(NoPublicAddress(name.to_owned())) } else { Ok(addresses) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(addresses: &[&str]) {
        for address in addresses {
            assert!(!may_dial(address.parse().unwrap(), &[]), "{address}");
        }
    }

    #[test]
    fn public_addresses_may_be_dialled() {
        for address in ["8.8.8.8", "1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2001:4860:4860::8888"] {
            assert!(may_dial(address.parse().unwrap(), &[]), "{address}");
        }
    }

    #[test]
    fn d03_special_addresses_of_ipv4_are_refused() {
        refused(&["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1"]);
        refused(&["127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1"]);
        refused(&["192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7"]);
        refused(&["203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"]);
    }

    #[test]
    fn d04_special_addresses_of_ipv6_are_refused() {
        refused(&["::1", "::", "fc00::1", "fdff::1", "fe80::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"]);
        refused(&["::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::1", "2001::1", "2001:0:4136::1"]);
        refused(&["2001:10::1", "2001:db8::1", "100::1", "3fff::1", "3fff:fff::1", "4000::1", "1fff::1"]);
    }

    #[test]
    fn a_test_network_opens_itself_and_nothing_else() {
        let networks = ["127.0.0.0/8".parse().unwrap()];
        assert!(may_dial("127.0.0.1".parse().unwrap(), &networks));
        assert!(!may_dial("::1".parse().unwrap(), &networks));
        assert!(!may_dial("::ffff:127.0.0.1".parse().unwrap(), &networks));
        assert!(!may_dial("10.0.0.1".parse().unwrap(), &networks));
    }

    #[test]
    fn d05_of_a_mixed_answer_only_the_public_addresses_are_kept() {
        let found = ["10.0.0.1:0", "8.8.8.8:0", "[::1]:0", "[2606:4700::1111]:0"].map(|text| text.parse().unwrap());
        let kept = those_to_dial("mixed.example", found.into_iter(), &[]).unwrap();
        assert_eq!(kept, ["8.8.8.8:0", "[2606:4700::1111]:0"].map(|text| text.parse::<SocketAddr>().unwrap()));
    }

    #[tokio::test]
    async fn d05_a_name_that_leads_to_this_machine_is_not_resolved() {
        let resolver = Resolver { networks: Vec::new() };
        let Err(why) = resolver.resolve("localhost".parse().unwrap()).await else { panic!("resolved") };
        assert_eq!(why.downcast_ref(), Some(&NoPublicAddress("localhost".to_owned())));
    }
}
