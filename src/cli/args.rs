//! The command line: flags, and their help in both languages side by side.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use serde::Serialize;

use crate::inventory::{CONNECTIONS, DELAY_MS, PARALLEL, SECONDS};
use crate::model::{Lang, ProfileId};

/// 政务服务分站点安全基线评估：从清单到分级 PDF 报告 ｜ Security baseline assessment of government-service subsites: from an inventory to a graded PDF
#[derive(Debug, Parser)]
#[command(name = "jixian", version, disable_help_subcommand = true, max_term_width = 110)]
pub struct Arguments {
    /// 界面与报告的语言：zh 或 en ｜ Language of messages and reports: zh or en
    #[arg(long, global = true, default_value = "zh", value_name = "LANG", value_parser = languages())]
    pub lang: Lang,
    /// 改用此目录中的 checks/、profiles/、templates/，覆盖内置内容 ｜ Lay this folder's checks/, profiles/ and templates/ over the built-in ones
    #[arg(long, global = true, value_name = "DIR")]
    pub catalogue: Option<PathBuf>,
    /// 不显示进度 ｜ No progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

fn languages() -> impl TypedValueParser<Value = Lang> {
    PossibleValuesParser::new(["zh", "en"]).try_map(|text| text.parse::<Lang>())
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 写一份带注释的清单，从这里开始 ｜ Write a commented inventory to start from
    Init(Init),
    /// 采集、判定并为每个分站点出报告：主要命令 ｜ Collect, evaluate and report for every subsite: the main job
    Assess(Assess),
    /// 只采集并封存证据 ｜ Collect and seal evidence only
    Collect(Collect),
    /// 用已封存的证据重新判定，不接触任何资产 ｜ Judge sealed evidence again, with no contact to any asset
    Evaluate(Evaluate),
    /// 由证据包生成报告文件 ｜ Write report files from a bundle
    Report(Report),
    /// 核验证据包：完整性、真实性、规则来源 ｜ Verify a bundle: integrity, authenticity, origin of the catalogue
    Verify(Verify),
    /// 由原始证据重算一切，与封存的结果比对 ｜ Recompute everything from raw evidence and compare with what was sealed
    Replay(Replay),
    /// 扫描单个目标，结果显示在终端或输出 JSON ｜ Scan one target, to the terminal or as JSON
    Scan(Scan),
    /// 按策略放行或拦截一次发布 ｜ Let a release pass or stop it, by policy
    Gate(Gate),
    /// 查看、检验检查项 ｜ List, show, lint and test checks
    Check(CheckCommand),
    /// 查看、检验评估依据（标准的条款） ｜ List, show and lint profiles
    Profile(ProfileCommand),
    /// 生成命令行补全脚本 ｜ Print shell completions
    Completions {
        /// bash、zsh、fish、powershell 或 elvish ｜ bash, zsh, fish, powershell or elvish
        shell: Shell,
    },
    /// 受限的解析子进程 ｜ The bounded decoding process
    #[command(name = "__parse", hide = true)]
    Parse { format: String },
}

#[derive(Debug, Args)]
pub struct Init {
    /// 写到哪个文件；- 为标准输出 ｜ The file to write; - for standard output
    #[arg(default_value = "inventory.yaml")]
    pub file: PathBuf,
}

/// What several commands share: where judgements come from.
#[derive(Debug, Default, Args)]
pub struct Judgements {
    /// 答复文件，可重复 ｜ A file of answers; may be repeated
    #[arg(long, value_name = "FILE")]
    pub answers: Vec<PathBuf>,
    /// 豁免文件，可重复 ｜ A file of waivers; may be repeated
    #[arg(long, value_name = "FILE")]
    pub waivers: Vec<PathBuf>,
    /// 高风险裁定文件，可重复 ｜ A file of adjudications; may be repeated
    #[arg(long, value_name = "FILE")]
    pub adjudications: Vec<PathBuf>,
    /// 上一次的答复文件：转为待确认，不计为已复核 ｜ Last time's answers: carried over as unconfirmed
    #[arg(long, value_name = "FILE")]
    pub carry_over: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Assess {
    /// 清单文件 ｜ The inventory
    pub inventory: PathBuf,
    /// 评估依据，可重复；缺省为清单中各分站点所列 ｜ Profile; may be repeated; default: those the inventory names for each subsite
    #[arg(long = "profile", value_name = "ID")]
    pub profiles: Vec<ProfileId>,
    /// 输出目录，不得已有运行结果 ｜ Output folder; must not hold a run already
    #[arg(long, default_value = "out", value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub judgements: Judgements,
    #[command(flatten)]
    pub rendering: Rendering,
    /// 用此 Ed25519 私钥（PKCS#8 PEM）签署证据包 ｜ Sign the bundle with this Ed25519 private key (PKCS#8 PEM)
    #[arg(long, value_name = "FILE")]
    pub sign_key: Option<PathBuf>,
    /// 操作人，写入证据包 ｜ Who runs this; recorded in the bundle
    #[arg(long, value_name = "TEXT")]
    pub operator: Option<String>,
}

#[derive(Debug, Default, Args)]
pub struct Rendering {
    /// 改用此目录中的报告模板 ｜ Take report templates from this folder
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// 补充字体（TTF/OTF），内置字体缺字时使用 ｜ A font (TTF/OTF) for characters that the built-in fonts lack
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Collect {
    /// 清单文件 ｜ The inventory
    pub inventory: PathBuf,
    /// 证据包目录，不得已存在 ｜ Folder of the new bundle; must not exist
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// 用此 Ed25519 私钥签署证据包 ｜ Sign the bundle with this Ed25519 private key
    #[arg(long, value_name = "FILE")]
    pub sign_key: Option<PathBuf>,
    /// 操作人，写入证据包 ｜ Who runs this; recorded in the bundle
    #[arg(long, value_name = "TEXT")]
    pub operator: Option<String>,
}

#[derive(Debug, Args)]
pub struct Evaluate {
    /// 证据包（目录或 .jxb） ｜ The bundle (folder or .jxb)
    pub bundle: PathBuf,
    /// 评估依据，可重复 ｜ Profile; may be repeated
    #[arg(long = "profile", value_name = "ID")]
    pub profiles: Vec<ProfileId>,
    #[command(flatten)]
    pub judgements: Judgements,
    /// 新证据包目录，不得已存在 ｜ Folder of the new bundle; must not exist
    #[arg(long, value_name = "NEW")]
    pub out: PathBuf,
    /// 评估时点（ISO 8601）；缺省为此刻 ｜ Judge as of this moment (ISO 8601); default: now
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Format {
    Html,
    Json,
    Junit,
    Pdf,
    Sarif,
}

#[derive(Debug, Args)]
pub struct Report {
    /// 证据包（目录或 .jxb） ｜ The bundle (folder or .jxb)
    pub bundle: PathBuf,
    /// 格式，逗号分隔 ｜ Formats, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "pdf,html,json", value_name = "LIST")]
    pub format: Vec<Format>,
    /// 只出这些分站点 ｜ Only these subsites
    #[arg(long, value_name = "ID")]
    pub subsite: Vec<String>,
    /// 输出目录，不得已有运行结果 ｜ Output folder; must not hold a run already
    #[arg(long, default_value = "out", value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub rendering: Rendering,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// 证据包（目录或 .jxb） ｜ The bundle (folder or .jxb)
    pub bundle: PathBuf,
    /// 信任的 Ed25519 公钥（PEM），可重复 ｜ A trusted Ed25519 public key (PEM); may be repeated
    #[arg(long, value_name = "FILE")]
    pub key: Vec<PathBuf>,
    /// 认可的规则摘要；缺省为本程序内置规则 ｜ Digest of the catalogue to expect; default: the built-in one
    #[arg(long, value_name = "SHA256")]
    pub pinned_catalogue: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Replay {
    /// 证据包（目录或 .jxb） ｜ The bundle (folder or .jxb)
    pub bundle: PathBuf,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    #[default]
    Text,
    Json,
}

/// How a scan is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    #[default]
    Text,
    Json,
    Cyclonedx,
}

/// How a decision is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GateFormat {
    #[default]
    Text,
    Json,
    Markdown,
    Sarif,
}

#[derive(Debug, Default, Args)]
pub struct ScanOutput {
    /// 输出格式；cyclonedx 为安装包的软件物料清单 ｜ Output format; cyclonedx is the bill of materials of an app package
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ScanFormat,
}

#[derive(Debug, Default, Args)]
pub struct Output {
    /// 输出格式 ｜ Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: OutputFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanKind {
    App,
    Host,
    Nmap,
    Tls,
}

/// What `scan` and `gate --scan` are told of their target.
#[derive(Clone, Debug, Default, Args)]
pub struct ScanOptions {
    /// tls：握手时发送的名称 ｜ tls: the name to send in the handshake
    #[arg(long, value_name = "NAME")]
    pub sni: Option<String>,
    /// tls：先说此明文协议，再转入 TLS ｜ tls: the plain protocol that goes over to TLS
    #[arg(long, value_name = "PROTOCOL", value_parser = ["ftp", "imap", "ldap", "mysql", "pop3", "postgres", "rdp", "smtp", "xmpp"])]
    pub starttls: Option<String>,
    /// tls：另做侵入性探测（Heartbleed、CCS 注入、ROBOT、Ticketbleed），有缺陷的服务可能因此中断；须经授权允许 ｜ tls: intrusive probes too (Heartbleed, CCS injection, ROBOT, Ticketbleed), which a faulty server may not survive; the authorisation must allow them
    #[arg(long)]
    pub intrusive: bool,
    #[command(flatten)]
    pub probing: ProbingOptions,
    /// tls：另行信任的根证书（PEM） ｜ tls: further trusted roots (PEM)
    #[arg(long, value_name = "FILE")]
    pub roots: Option<PathBuf>,
    /// tls：证书透明度日志列表（公开的 JSON 第 3 版） ｜ tls: list of certificate transparency logs (the public JSON, version 3)
    #[arg(long, value_name = "FILE")]
    pub ct_logs: Option<PathBuf>,
    /// app：指定签名证书的摘要，每行一个 ｜ app: digests of designated signers, one a line
    #[arg(long, value_name = "FILE")]
    pub signers: Option<PathBuf>,
    /// app：同一版本加固前的安装包，代码由它判定 ｜ app: the same version before hardening, which the code is judged by
    #[arg(long, value_name = "FILE")]
    pub pair: Option<PathBuf>,
    /// 授权所在的清单；接触本机以外的目标时必需 ｜ Inventory with the authorisation; needed for any target but this machine
    #[arg(long, value_name = "FILE")]
    pub authorisation: Option<PathBuf>,
}

impl ScanOptions {
    /// The name of the first option that was given.
    pub fn given(&self) -> Option<&'static str> {
        let all = [
            ("--sni", self.sni.is_some()),
            ("--starttls", self.starttls.is_some()),
            ("--intrusive", self.intrusive),
            ("--roots", self.roots.is_some()),
            ("--ct-logs", self.ct_logs.is_some()),
            ("--signers", self.signers.is_some()),
            ("--pair", self.pair.is_some()),
            ("--authorisation", self.authorisation.is_some()),
        ];
        all.into_iter().find(|(_, given)| *given).map(|(name, _)| name).or_else(|| self.probing.given())
    }
}

/// How a TLS endpoint is asked; an inventory says it with `probing`.
#[derive(Clone, Debug, Default, Args, Serialize)]
pub struct ProbingOptions {
    /// tls：一次一个连接，每次之间停顿 ｜ tls: one connection at a time, with a pause after each
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gentle: bool,
    /// tls：同时的连接数，1 至 16 ｜ tls: connections at a time, 1 to 16
    #[arg(long, value_name = "NUMBER", value_parser = within(PARALLEL))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel: Option<u32>,
    /// tls：两个连接起点之间的毫秒数，至多 60000 ｜ tls: milliseconds between the beginnings of two connections, at most 60000
    #[arg(long = "delay", value_name = "MILLISECONDS", value_parser = within(DELAY_MS))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u32>,
    /// tls：连接总数的上限，1 至 10000 ｜ tls: connections in all, 1 to 10000
    #[arg(long, value_name = "NUMBER", value_parser = within(CONNECTIONS))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// tls：总时间的上限（秒），1 至 3600 ｜ tls: seconds in all, 1 to 3600
    #[arg(long, value_name = "SECONDS", value_parser = within(SECONDS))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// tls：只评估此类地址：ipv4 或 ipv6 ｜ tls: assess addresses of this family alone: ipv4 or ipv6
    #[arg(long, value_name = "FAMILY", value_parser = ["ipv4", "ipv6"])]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// tls：经此 HTTP 代理（CONNECT）连接 ｜ tls: connect through this HTTP proxy (CONNECT)
    #[arg(long, value_name = "HOST:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
}

impl ProbingOptions {
    /// The name of the first option that was given.
    pub fn given(&self) -> Option<&'static str> {
        let all = [
            ("--gentle", self.gentle),
            ("--parallel", self.parallel.is_some()),
            ("--delay", self.delay_ms.is_some()),
            ("--connections", self.connections.is_some()),
            ("--seconds", self.seconds.is_some()),
            ("--family", self.family.is_some()),
            ("--proxy", self.proxy.is_some()),
        ];
        all.into_iter().find(|(_, given)| *given).map(|(name, _)| name)
    }
}

fn within((least, most): (u32, u32)) -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(i64::from(least)..=i64::from(most))
}

#[derive(Debug, Args)]
pub struct Scan {
    /// 目标种类 ｜ Kind of target
    pub kind: ScanKind,
    /// 目标：文件、主机:端口，或 local ｜ Target: a file, HOST:PORT, or local
    pub target: String,
    #[command(flatten)]
    pub options: ScanOptions,
    #[command(flatten)]
    pub output: ScanOutput,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GateScope {
    Automatic,
    Profile,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("subject").required(true).args(["bundle", "scan"])))]
pub struct Gate {
    /// 证据包（目录或 .jxb） ｜ The bundle (folder or .jxb)
    pub bundle: Option<PathBuf>,
    /// 现场扫描一个目标再判：app FILE 或 tls HOST:PORT ｜ Scan a target now and judge it: app FILE or tls HOST:PORT
    #[arg(long, num_args = 2, value_names = ["KIND", "TARGET"])]
    pub scan: Option<Vec<String>>,
    #[command(flatten)]
    pub options: ScanOptions,
    /// 策略文件；缺省为内置的安全策略 ｜ Policy; default: the safe built-in one
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// 判定范围 ｜ What to judge by
    #[arg(long, value_enum, value_name = "SCOPE")]
    pub scope: Option<GateScope>,
    /// 将发布的文件；其摘要必须是评估过的 ｜ The file to release; its digest must have been assessed
    #[arg(long, value_name = "FILE")]
    pub artifact: Vec<PathBuf>,
    /// 证据最多可以有多旧（天） ｜ How old the evidence may be (days)
    #[arg(long, value_name = "DAYS")]
    pub max_age: Option<u32>,
    /// 只看这些分站点 ｜ Only these subsites
    #[arg(long, value_name = "ID")]
    pub subsite: Vec<String>,
    /// 信任的 Ed25519 公钥（PEM），策略要求签名时使用 ｜ A trusted Ed25519 public key (PEM), where the policy requires signatures
    #[arg(long, value_name = "FILE")]
    pub key: Vec<PathBuf>,
    /// 输出格式；markdown 与 sarif 与 --scan 同用 ｜ Output format; markdown and sarif go with --scan
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: GateFormat,
}

#[derive(Debug, Args)]
pub struct CheckCommand {
    #[command(subcommand)]
    pub action: CheckAction,
}

#[derive(Debug, Subcommand)]
pub enum CheckAction {
    /// 列出全部检查 ｜ List all checks
    List(Output),
    /// 显示一个检查的全文 ｜ Show one check
    Show {
        /// 检查编号 ｜ Id of the check
        id: String,
    },
    /// 运行检查文件中的全部用例 ｜ Run all cases in the check files
    Test(Output),
    /// 检验检查文件 ｜ Lint the check files
    Lint,
}

#[derive(Debug, Args)]
pub struct ProfileCommand {
    #[command(subcommand)]
    pub action: ProfileAction,
}

#[derive(Debug, Subcommand)]
pub enum ProfileAction {
    /// 列出全部评估依据 ｜ List all profiles
    List(Output),
    /// 显示一个评估依据的条款 ｜ Show the items of a profile
    Show {
        /// 评估依据编号 ｜ Id of the profile
        id: ProfileId,
    },
    /// 各条款由检查覆盖到什么程度 ｜ How far checks cover the items
    Coverage {
        /// 评估依据编号 ｜ Id of the profile
        id: ProfileId,
        #[command(flatten)]
        output: Output,
    },
    /// 检验评估依据文件 ｜ Lint the profile files
    Lint,
}
