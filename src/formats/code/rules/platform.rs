//! Doors to other apps.

use crate::formats::code::rule::{Rule, When, call};

const PENDING: &[&str] = &["android.app.PendingIntent"];
const CONTEXT: &[&str] = &["android.content.Context"];
/// FLAG_IMMUTABLE; without it, and before Android 12 by default, whoever gets the intent may change it.
const MUTABLE: When = When::Lacks(3, 0x0400_0000);
const INTENTS: &[&str] = &["MASTG-TEST-0030"];
const PROCESSES: &[&str] = &["MASTG-TEST-0029"];

pub(super) const RULES: &[Rule] = &[
    call("pending_intent_mutable", PENDING, "getActivity").when(MUTABLE).tests(INTENTS),
    call("pending_intent_mutable", PENDING, "getActivities").when(MUTABLE).tests(INTENTS),
    call("pending_intent_mutable", PENDING, "getBroadcast").when(MUTABLE).tests(INTENTS),
    call("pending_intent_mutable", PENDING, "getService").when(MUTABLE).tests(INTENTS),
    call("pending_intent_mutable", PENDING, "getForegroundService").when(MUTABLE).tests(INTENTS),
    // Neither a permission nor whether it is exported.
    call("receiver_unprotected", CONTEXT, "registerReceiver").telling().when(When::Shorty(&["LLL"])).tests(PROCESSES),
    call("sticky_broadcast", CONTEXT, "sendStickyBroadcast").telling().tests(PROCESSES),
    call("object_deserialized", &["java.io.ObjectInputStream"], "readObject").tests(&["MASTG-TEST-0034"]),
];
