//! International cryptography: algorithms that are broken, keys that are in the code, randomness that is none.

use crate::formats::code::rule::{Rule, When, call};

const CIPHER: &[&str] = &["javax.crypto.Cipher"];
const DIGEST: &[&str] = &["java.security.MessageDigest"];
const MAC: &[&str] = &["javax.crypto.Mac"];
const SIGNATURE: &[&str] = &["java.security.Signature"];
const KEY: &[&str] =
    &["javax.crypto.spec.SecretKeySpec", "javax.crypto.spec.DESKeySpec", "javax.crypto.spec.DESedeKeySpec"];
const PASSWORD: &[&str] = &["javax.crypto.spec.PBEKeySpec"];
const PASSWORD_PARAMETERS: &[&str] = &["javax.crypto.spec.PBEParameterSpec"];
const IV: &[&str] = &["javax.crypto.spec.IvParameterSpec"];
const GCM: &[&str] = &["javax.crypto.spec.GCMParameterSpec"];
const SECURE_RANDOM: &[&str] = &["java.security.SecureRandom"];
const KEY_PAIR: &[&str] = &["java.security.KeyPairGenerator"];
const RSA: &[&str] = &["java.security.spec.RSAKeyGenParameterSpec"];
const CURVE: &[&str] = &["java.security.spec.ECGenParameterSpec"];
const KEY_GENERATOR: &[&str] = &["javax.crypto.KeyGenerator"];
const KEY_STORE: &[&str] = &["android.security.keystore.KeyGenParameterSpec$Builder"];

/// The size alone does not say whether the key is one of a curve: only sizes that no curve has count.
const SMALL_RSA: When = When::OneOf(0, &[512, 768, 1_024, 1_280, 1_536, 1_792, 2_000]);

const ALGORITHM: &[&str] = &["MASTG-TEST-0221"];
const MODE: &[&str] = &["MASTG-TEST-0232"];
const STANDARD: &[&str] = &["MASTG-TEST-0014"];
const SYMMETRIC: &[&str] = &["MASTG-TEST-0013"];
const HARDCODED: &[&str] = &["MASTG-TEST-0212"];
const SIZES: &[&str] = &["MASTG-TEST-0208"];
const RANDOM: &[&str] = &["MASTG-TEST-0204"];
const SEED: &[&str] = &["MASTG-TEST-0205"];

pub(super) const RULES: &[Rule] = &[
    call("cipher_des", CIPHER, "getInstance").when(When::Text(0, is_des)).tests(ALGORITHM),
    call("cipher_3des", CIPHER, "getInstance").when(When::Text(0, is_triple_des)).tests(ALGORITHM),
    call("cipher_rc4", CIPHER, "getInstance").when(When::Text(0, is_rc4)).tests(ALGORITHM),
    call("cipher_rc2", CIPHER, "getInstance").when(When::Text(0, is_rc2)).tests(ALGORITHM),
    call("cipher_blowfish", CIPHER, "getInstance").when(When::Text(0, is_blowfish)).tests(ALGORITHM),
    call("cipher_ecb", CIPHER, "getInstance").when(When::Text(0, is_ecb)).tests(MODE),
    call("cipher_default_mode", CIPHER, "getInstance").when(When::Text(0, is_modeless)).tests(MODE),
    call("rsa_no_padding", CIPHER, "getInstance").when(When::Text(0, is_bare_rsa)).tests(STANDARD),
    call("rsa_pkcs1_padding", CIPHER, "getInstance").when(When::Text(0, is_pkcs1_rsa)).tests(STANDARD),
    call("hash_md5", DIGEST, "getInstance").when(When::Text(0, is_md5)).tests(STANDARD),
    call("hash_sha1", DIGEST, "getInstance").when(When::Text(0, is_sha1)).tests(STANDARD),
    call("hash_md2", DIGEST, "getInstance").when(When::Text(0, is_md2)).tests(STANDARD),
    call("hmac_md5", MAC, "getInstance").when(When::Text(0, is_hmac_md5)).tests(STANDARD),
    call("hmac_sha1", MAC, "getInstance").when(When::Text(0, is_hmac_sha1)).tests(STANDARD),
    call("weak_signature", SIGNATURE, "getInstance").when(When::Text(0, is_weak_signature)).tests(STANDARD),
    call("hardcoded_key", KEY, "<init>").when(When::ConstantBytes(0)).tests(HARDCODED),
    call("hardcoded_password", PASSWORD, "<init>").when(When::ConstantBytes(0)).tests(HARDCODED),
    call("static_salt", PASSWORD, "<init>").when(When::ConstantBytes(1)).tests(SYMMETRIC),
    call("static_salt", PASSWORD_PARAMETERS, "<init>").when(When::ConstantBytes(0)).tests(SYMMETRIC),
    call("few_iterations", PASSWORD, "<init>").when(When::Within(2, 0, 9_999)).tests(SYMMETRIC),
    call("few_iterations", PASSWORD_PARAMETERS, "<init>").when(When::Within(1, 0, 9_999)).tests(SYMMETRIC),
    call("static_iv", IV, "<init>").when(When::ConstantBytes(0)).tests(SYMMETRIC),
    call("static_iv", GCM, "<init>").when(When::ConstantBytes(1)).tests(SYMMETRIC),
    call("randomized_encryption_off", KEY_STORE, "setRandomizedEncryptionRequired")
        .when(When::Number(0, 0))
        .tests(MODE),
    call("insecure_random", &["java.util.Random"], "<init>").tests(RANDOM),
    call("insecure_random", &["java.lang.Math"], "random").tests(RANDOM),
    call("insecure_random", &["java.util.concurrent.ThreadLocalRandom"], "current").tests(RANDOM),
    call("seeded_random", SECURE_RANDOM, "setSeed").when(When::Constant(0)).tests(SEED),
    call("seeded_random", SECURE_RANDOM, "<init>").when(When::ConstantBytes(0)).tests(SEED),
    call("sha1prng", SECURE_RANDOM, "getInstance").when(When::Text(0, is_sha1prng)).tests(RANDOM),
    call("small_rsa_key", KEY_PAIR, "initialize").when(SMALL_RSA).tests(SIZES),
    call("small_rsa_key", RSA, "<init>").when(When::Within(0, 1, 2_047)).tests(SIZES),
    call("small_rsa_key", KEY_STORE, "setKeySize").when(SMALL_RSA).tests(SIZES),
    call("small_curve", CURVE, "<init>").when(When::Text(0, is_small_curve)).tests(SIZES),
    call("small_symmetric_key", KEY_GENERATOR, "init").when(When::Within(0, 1, 127)).tests(SIZES),
];

/// The algorithm of a transformation such as `AES/CBC/PKCS5Padding`.
fn algorithm(transformation: &str) -> &str {
    transformation.split('/').next().unwrap_or_default().trim()
}

fn part(transformation: &str, number: usize) -> &str {
    transformation.split('/').nth(number).unwrap_or_default().trim()
}

fn one_of(text: &str, names: &[&str]) -> bool {
    names.iter().any(|name| text.eq_ignore_ascii_case(name))
}

fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_des(text: &str) -> bool {
    one_of(algorithm(text), &["DES"]) || begins(text, "PBEWithMD5AndDES")
}

fn is_triple_des(text: &str) -> bool {
    one_of(algorithm(text), &["DESede", "TripleDES", "3DES", "DESedeWrap"])
}

fn is_rc4(text: &str) -> bool {
    one_of(algorithm(text), &["RC4", "ARC4", "ARCFOUR"])
}

fn is_rc2(text: &str) -> bool {
    one_of(algorithm(text), &["RC2"])
}

fn is_blowfish(text: &str) -> bool {
    one_of(algorithm(text), &["Blowfish"])
}

/// RSA is written with `ECB` for one block, which is no mode.
fn is_ecb(text: &str) -> bool {
    one_of(part(text, 1), &["ECB"]) && !one_of(algorithm(text), &["RSA"])
}

/// A block cipher whose mode is left to the provider, all of which take ECB.
fn is_modeless(text: &str) -> bool {
    let block = ["AES", "DES", "DESede", "TripleDES", "3DES", "Blowfish", "RC2", "SM4", "Camellia", "SEED", "Twofish"];
    part(text, 1).is_empty() && one_of(algorithm(text), &block)
}

fn is_bare_rsa(text: &str) -> bool {
    one_of(algorithm(text), &["RSA"]) && one_of(part(text, 2), &["NoPadding"])
}

/// The padding that is taken where none is named.
fn is_pkcs1_rsa(text: &str) -> bool {
    one_of(algorithm(text), &["RSA"]) && one_of(part(text, 2), &["", "PKCS1Padding"])
}

fn is_md5(text: &str) -> bool {
    one_of(text, &["MD5"])
}

fn is_sha1(text: &str) -> bool {
    one_of(text, &["SHA", "SHA1", "SHA-1"])
}

fn is_md2(text: &str) -> bool {
    one_of(text, &["MD2", "MD4"])
}

fn is_hmac_md5(text: &str) -> bool {
    one_of(text, &["HmacMD5", "Hmac-MD5"])
}

fn is_hmac_sha1(text: &str) -> bool {
    one_of(text, &["HmacSHA1", "Hmac-SHA1", "HmacSHA-1"])
}

fn is_weak_signature(text: &str) -> bool {
    ["MD2with", "MD4with", "MD5with", "SHA1with", "SHAwith", "NONEwith"].iter().any(|prefix| begins(text, prefix))
}

fn is_sha1prng(text: &str) -> bool {
    one_of(text, &["SHA1PRNG"])
}

fn is_small_curve(text: &str) -> bool {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let named = ["secp", "sect", "prime", "brainpool", "P-", "K-", "B-"].iter().any(|prefix| begins(text, prefix));
    named && digits.parse().is_ok_and(|bits: u16| bits < 224)
}
