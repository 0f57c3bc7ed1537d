//! A small internet of a test's own: names that lead to this machine, certificates of an authority that nobody else
//! believes, and before each server a front that speaks TLS on port 443, as a proxy would. So ids have no ports, and
//! servers dial one another as they would anywhere.
//!
//! The names and their addresses stand in `/etc/hosts`, where `tests/run` puts them. They are the same for all tests:
//! whoever has the network has it alone, and the next one waits.

use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What a server speaks behind its front, where nothing is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// HTTP/1.1.
    Http1,
    /// That, and HTTP/2 to those who can.
    Http2,
}

/// All of this machine's own addresses: what servers on such a network must be allowed to dial.
pub const ADDRESSES: &str = "127.0.0.0/8";

const HTTPS: u16 = 443;

/// The network. It is free for the next test when this value is dropped.
#[derive(Debug)]
pub struct Network {
    folder: TempDir,
    authority: Issuer<'static, KeyPair>,
    _alone: File,
}

impl Network {
    /// Waits until no other test has it.
    ///
    /// # Panics
    /// If it cannot be had.
    pub async fn take() -> Self {
        let waiting = tokio::task::spawn_blocking(|| {
            let path = std::env::temp_dir().join("rejoinder-tests-network.lock");
            let made = File::options().create(true).truncate(false).write(true).open(&path);
            // Somebody else's may only be read, which is enough.
            let lock = made.or_else(|_| File::open(path)).expect("no lock");
            lock.lock().expect("the lock cannot be had");
            lock
        });
        let alone = waiting.await.expect("nobody waits for the network");
        let folder = tempfile::tempdir().expect("no room for a network");
        let (authority, pem) = authority();
        std::fs::write(folder.path().join(AUTHORITY), pem).expect("no room for a certificate");
        Self { folder, authority, _alone: alone }
    }

    /// A file with the certificate of its authority, PEM.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join(AUTHORITY)
    }

    /// The front of a host, which leads nowhere yet: whoever connects is refused.
    ///
    /// # Panics
    /// If the name leads to no address of this machine.
    pub async fn front(&self, host: &str, speaks: Speaks) -> Front {
        let address = SocketAddr::new(own_address(host).await, HTTPS);
        Front { address, tls: self.tls(host, speaks), open: None }
    }

    fn tls(&self, host: &str, speaks: Speaks) -> TlsAcceptor {
        let pair = KeyPair::generate().expect("no key");
        let certificate = params(host).signed_by(&pair, &self.authority).expect("no certificate");
        let key = PrivatePkcs8KeyDer::from(pair.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("no TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into());
        let mut config = config.expect("the certificate does not fit its key");
        if speaks == Speaks::Http2 {
            config.alpn_protocols.push(b"h2".to_vec());
        }
        config.alpn_protocols.push(b"http/1.1".to_vec());
        TlsAcceptor::from(Arc::new(config))
    }
}

const AUTHORITY: &str = "authority.pem";

fn authority() -> (Issuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Tests of Rejoinder");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pair = KeyPair::generate().expect("no key");
    let pem = params.self_signed(&pair).expect("no certificate").pem();
    (Issuer::new(params, pair), pem)
}

fn params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("the host has no name");
    params.distinguished_name.push(DnType::CommonName, host);
    params.use_authority_key_identifier_extension = true;
    params
}

async fn own_address(host: &str) -> IpAddr {
    let found = tokio::net::lookup_host((host, HTTPS)).await;
    let mut own = found.into_iter().flatten().map(|address| address.ip()).filter(IpAddr::is_loopback);
    own.find(IpAddr::is_ipv4).unwrap_or_else(|| {
        panic!("{host} leads to no address of this machine: `tests/run`, as root, writes it into /etc/hosts")
    })
}

/// What stands before a server: TLS on one side, the same bytes without it on the other. It closes with this value.
pub struct Front {
    address: SocketAddr,
    tls: TlsAcceptor,
    open: Option<JoinHandle<()>>,
}

impl Front {
    /// From now on it leads to a server that listens there.
    ///
    /// # Panics
    /// If somebody else has its address, or this process may not take it.
    pub async fn lead_to(&mut self, server: SocketAddr) {
        self.close().await;
        let listener = TcpListener::bind(self.address).await.unwrap_or_else(|error| {
            panic!("cannot listen on {}: {error}; port 443 is for root, or for all after `sysctl net.ipv4.ip_unprivileged_port_start=443`", self.address)
        });
        self.open = Some(tokio::spawn(pass(listener, self.tls.clone(), server)));
    }

    /// From now on whoever connects is refused, and who was connected is cut off.
    pub async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            // Only then its address is free.
            let _ = open.await;
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some(open) = &self.open {
            open.abort();
        }
    }
}

async fn pass(listener: TcpListener, tls: TlsAcceptor, server: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let tls = tls.clone();
        connections.spawn(async move {
            let (Ok(mut outside), Ok(mut inside)) = (tls.accept(stream).await, TcpStream::connect(server).await) else {
                return;
            };
            // Either side may end it as it likes.
            let _ = copy_bidirectional(&mut outside, &mut inside).await;
        });
        while connections.try_join_next().is_some() {}
    }
}
