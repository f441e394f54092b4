//! Kinds of assets, the domains of checks, and the kinds of object that standards speak of.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling in files.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The name that people read.
            pub fn title(self) -> Text {
                match self { $(Self::$variant => Text::new($zh, $en),)+ }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err(format!("`{other}` is not {}", $what)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

kinds! {
    /// What an asset is; decides how it is collected and which checks apply.
    AssetKind, "a kind of asset" {
        HostLinux = "host.linux", "Linux 主机", "Linux host";
        HostWindows = "host.windows", "Windows 主机", "Windows host";
        DbMysql = "db.mysql", "MySQL 数据库", "MySQL database";
        DbPostgresql = "db.postgresql", "PostgreSQL 数据库", "PostgreSQL database";
        DbRedis = "db.redis", "Redis 数据库", "Redis database";
        WebServerNginx = "web_server.nginx", "nginx 中间件", "nginx";
        WebServerApache = "web_server.apache", "Apache 中间件", "Apache httpd";
        WebServerTomcat = "web_server.tomcat", "Tomcat 中间件", "Tomcat";
        TlsEndpoint = "tls.endpoint", "TLS 端点", "TLS endpoint";
        WebSite = "web.site", "网站", "Website";
        WebH5 = "web.h5", "移动端页面", "Mobile pages";
        AppPackage = "app.package", "应用安装包", "App package";
        NetworkNmap = "network.nmap", "网络扫描", "Network scan";
        NetworkDevice = "network.device", "网络设备", "Network device";
        Terminal = "terminal", "终端", "Terminal";
        Org = "org", "管理制度与人员", "Organisation";
    }
}

kinds! {
    /// The kinds of object that the items of a standard cover.
    ObjectKind, "a kind of object" {
        Os = "os", "操作系统", "Operating system";
        Database = "database", "数据库", "Database";
        Middleware = "middleware", "中间件", "Middleware";
        Application = "application", "应用系统", "Application";
        NetworkDevice = "network_device", "网络与安全设备", "Network device";
        Terminal = "terminal", "终端", "Terminal";
        Management = "management", "安全管理", "Management";
    }
}

kinds! {
    /// The domain of a check: the folder it lies in and the root of its fact paths.
    Domain, "a domain of checks" {
        Host = "host", "主机", "Hosts";
        Db = "db", "数据库", "Databases";
        WebServer = "web_server", "中间件", "Middleware";
        Tls = "tls", "传输加密", "Transport encryption";
        Web = "web", "网站", "Websites";
        App = "app", "移动应用", "Mobile apps";
        Network = "network", "网络暴露", "Network exposure";
        Org = "org", "管理", "Organisation";
    }
}

impl AssetKind {
    /// The kind of object that an asset of this kind counts as.
    pub fn object(self) -> ObjectKind {
        match self {
            Self::HostLinux | Self::HostWindows => ObjectKind::Os,
            Self::DbMysql | Self::DbPostgresql | Self::DbRedis => ObjectKind::Database,
            Self::WebServerNginx | Self::WebServerApache | Self::WebServerTomcat => ObjectKind::Middleware,
            Self::TlsEndpoint | Self::WebSite | Self::WebH5 | Self::AppPackage => ObjectKind::Application,
            Self::NetworkNmap | Self::NetworkDevice => ObjectKind::NetworkDevice,
            Self::Terminal => ObjectKind::Terminal,
            Self::Org => ObjectKind::Management,
        }
    }

    /// The domain whose checks and facts an asset of this kind has.
    pub fn domain(self) -> Domain {
        match self {
            Self::HostLinux | Self::HostWindows => Domain::Host,
            Self::DbMysql | Self::DbPostgresql | Self::DbRedis => Domain::Db,
            Self::WebServerNginx | Self::WebServerApache | Self::WebServerTomcat => Domain::WebServer,
            Self::TlsEndpoint => Domain::Tls,
            Self::WebSite | Self::WebH5 => Domain::Web,
            Self::AppPackage => Domain::App,
            Self::NetworkNmap | Self::NetworkDevice => Domain::Network,
            Self::Terminal | Self::Org => Domain::Org,
        }
    }
}
