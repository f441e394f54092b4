//! The rules for secrets, by id: what each finds, how sure that is, and where the form of the value is described.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becoming known of a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretKind {
    /// Who has it can act as somebody else.
    Secret,
    /// It is made to be shipped, and bound to the app on the server's side: keys of map services and the like.
    Info,
}

/// How sure a rule is that a value is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretConfidence {
    /// The value proves it: a checksum, a structure, both halves of a pair, or a form that nothing else has.
    High,
    /// The form fits and the value looks random, or its name says what it is and it looks random.
    Medium,
}

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: &'static str,
    pub kind: SecretKind,
    pub confidence: SecretConfidence,
    pub zh: &'static str,
    pub en: &'static str,
    /// Where the form of the value is described.
    pub source: &'static str,
}

impl Rule {
    /// The rule of this id; every id that code names is in the table, which a test holds.
    pub(in crate::formats::strings) fn of(id: &str) -> &'static Self {
        RULES.iter().find(|rule| rule.id == id).unwrap_or(&RULES[0])
    }
}

use SecretConfidence::{High, Medium};
use SecretKind::{Info, Secret};

macro_rules! rules {
    ($($id:literal $kind:ident $confidence:ident $zh:literal $en:literal $source:literal)*) => {
        &[$(Rule { id: $id, kind: $kind, confidence: $confidence, zh: $zh, en: $en, source: $source },)*]
    };
}

/// All rules, by id.
pub const RULES: &[Rule] = rules! {
    "aliyun-access-key-id" Secret Medium "阿里云 AccessKey ID" "Alibaba Cloud AccessKey ID"
        "Alibaba Cloud RAM documentation: LTAI and 12 to 20 letters and digits"
    "aliyun-access-key-secret" Secret High "阿里云 AccessKey Secret（与其 ID 同处）" "Alibaba Cloud AccessKey secret beside its id"
        "Alibaba Cloud RAM documentation: 30 letters and digits"
    "amap-key" Info Medium "高德地图 Key" "AMap key" "lbs.amap.com, Android SDK guide: com.amap.api.v2.apikey, 32 hexadecimal digits"
    "aws-access-key-id" Secret Medium "AWS 访问密钥 ID" "AWS access key id"
        "AWS IAM documentation, unique identifiers: AKIA or ASIA and 16 digits of base 32"
    "aws-secret-access-key" Secret High "AWS 秘密访问密钥（与其 ID 同处）" "AWS secret access key beside its id"
        "AWS IAM documentation: 40 digits of base 64"
    "baidu-cloud-access-key-id" Secret Medium "百度智能云 Access Key" "Baidu AI Cloud access key"
        "Baidu AI Cloud IAM documentation: ALTAK and 21 letters and digits"
    "baidu-map-key" Info Medium "百度地图 AK" "Baidu Maps key" "lbsyun.baidu.com, Android SDK guide: com.baidu.lbsapi.API_KEY"
    "basic-authorization" Secret Medium "HTTP Basic 认证口令" "Credentials of HTTP Basic authentication" "RFC 7617"
    "encryption-key" Secret Medium "写死的加密密钥" "Encryption key in the code"
        "GB/T 32907, FIPS 197: keys of 128, 192 or 256 bits under a name that says so"
    "fcm-server-key" Secret High "FCM 服务端密钥" "FCM server key" "Firebase documentation, legacy server key: AAAA, 7 characters, a colon, APA91b"
    "generic-secret" Secret Medium "名称与随机性均符合的口令或密钥" "A random value under a name that says that it is secret" "Shannon entropy and the form of the value"
    "github-token" Secret High "GitHub 令牌" "GitHub token"
        "github.blog, Behind GitHub's new authentication token formats: prefix, 30 characters, CRC-32 in base 62"
    "gitlab-token" Secret Medium "GitLab 令牌" "GitLab token" "GitLab documentation, token overview: glpat- and 20 characters"
    "google-api-key" Info Medium "Google API Key" "Google API key" "Google Cloud documentation, API keys: AIza and 35 characters"
    "huawei-cloud-secret-key" Secret Medium "华为云 Secret Access Key" "Huawei Cloud secret access key"
        "Huawei Cloud IAM documentation: 40 letters and digits"
    "jdbc-password" Secret High "数据库连接串中的口令" "Password in a database URL" "JDBC, MongoDB and Redis URL forms"
    "jwt" Secret Medium "写死的 JWT" "JSON Web Token in the code" "RFC 7519"
    "npm-token" Secret High "npm 令牌" "npm token" "github.blog, npm token format: npm_, 30 characters, CRC-32 in base 62"
    "private-key" Secret High "私钥" "Private key" "RFC 7468, RFC 5208, RFC 8017, RFC 5915, OpenSSH PROTOCOL.key"
    "private-key-encrypted" Secret Medium "加密的私钥" "Encrypted private key" "RFC 7468, RFC 5958, RFC 1421 headers, OpenSSH PROTOCOL.key"
    "private-key-hex" Secret Medium "写死的私钥（十六进制）" "Private key in hexadecimal" "GB/T 32918.1: 256 bits under a name that says so"
    "sendgrid-key" Secret High "SendGrid 密钥" "SendGrid key" "SendGrid documentation: SG, 22 and 43 characters"
    "slack-token" Secret High "Slack 令牌" "Slack token" "Slack documentation, token types"
    "stripe-key" Secret High "Stripe 密钥" "Stripe key" "Stripe documentation: sk_live_ or rk_live_"
    "telegram-bot-token" Secret High "Telegram 机器人令牌" "Telegram bot token" "Telegram Bot API: /bot, a number, a colon, 35 characters"
    "tencent-cloud-secret-id" Secret Medium "腾讯云 SecretId" "Tencent Cloud SecretId" "Tencent Cloud CAM documentation: AKID and 32 letters and digits"
    "tencent-cloud-secret-key" Secret High "腾讯云 SecretKey（与其 SecretId 同处）" "Tencent Cloud SecretKey beside its id"
        "Tencent Cloud CAM documentation: 32 letters and digits"
    "tencent-map-key" Info Medium "腾讯位置服务 Key" "Tencent Location Service key" "lbs.qq.com: six groups of five capitals and digits"
    "tianditu-key" Info Medium "天地图 tk" "Tianditu key" "lbs.tianditu.gov.cn: 32 hexadecimal digits"
    "url-credentials" Secret High "URL 中的用户名和口令" "User name and password in a URL" "RFC 3986, 3.2.1"
    "volcengine-access-key-id" Secret Medium "火山引擎 Access Key" "Volcengine access key" "Volcengine IAM documentation: AKLT and 43 characters or more"
    "webhook" Secret High "机器人 Webhook 地址" "Webhook of a group robot"
        "DingTalk, WeCom, Feishu and Slack documentation of incoming webhooks"
    "wechat-app-secret" Secret High "微信 AppSecret" "WeChat AppSecret" "developers.weixin.qq.com: 32 hexadecimal digits that go with an AppID of wx and 16"
};

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn the_rules_are_in_order_and_say_where_they_come_from() {
        assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(RULES.iter().all(|rule| ![rule.zh, rule.en, rule.source].contains(&"")));
    }
}
