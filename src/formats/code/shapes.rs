//! What a whole method does, judged by its code: methods that accept whatever they are given.

use super::rule::Shape;
use crate::formats::dex::{Code, Constants, Dex, Event, Value};

/// Instructions of a method that is still looked at: what accepts everything is short.
const MOST: usize = 256;

/// Classes that nothing is asked of by calling them.
const HARMLESS: &[&[u8]] = &[
    b"Landroid/util/Log;",
    b"Ljava/io/PrintStream;",
    b"Ljava/lang/Object;",
    b"Ljava/lang/String;",
    b"Ljava/lang/StringBuilder;",
    b"Ljava/lang/System;",
    b"Lkotlin/jvm/internal/Intrinsics;",
];
const THROW: u8 = 0x27;

/// Whether a method has that shape. `find` gives the code of another method of the file.
pub(super) fn is<'a>(
    dex: &Dex<'a>,
    code: &Code<'a>,
    shape: Shape,
    find: &mut dyn FnMut(u32) -> Option<Code<'a>>,
) -> bool {
    match shape {
        Shape::NeverRejects => calls(dex, code).is_some_and(|calls| !calls.dates && !calls.others),
        Shape::ChecksDatesOnly => calls(dex, code).is_some_and(|calls| calls.dates && !calls.others),
        Shape::ReturnsTrue => {
            returns_true(dex, code) || delegate(code).and_then(find).is_some_and(|code| returns_true(dex, &code))
        }
    }
}

/// Whom a method asks.
#[derive(Default)]
struct Calls {
    /// Whether certificates are valid today.
    dates: bool,
    others: bool,
}

/// Nothing for a method that throws by itself, or that cannot be read.
fn calls(dex: &Dex<'_>, code: &Code<'_>) -> Option<Calls> {
    let mut found = Calls::default();
    let mut instructions = code.instructions();
    for (number, instruction) in (&mut instructions).enumerate() {
        if number >= MOST || instruction.opcode == THROW {
            return None;
        }
        // `invoke-custom` may call anything.
        found.others |= matches!(instruction.opcode, 0xfa..=0xfd);
        if let Some(callee) = instruction.callee() {
            let method = dex.method(callee)?;
            if dex.string_bytes(method.name) == Some(b"checkValidity") {
                found.dates = true;
            } else {
                found.others |= !dex.descriptor(method.class).is_some_and(|class| HARMLESS.contains(&class));
            }
        }
    }
    instructions.error().is_none().then_some(found)
}

/// It returns the constant 1, everywhere, and throws nothing.
fn returns_true(dex: &Dex<'_>, code: &Code<'_>) -> bool {
    let Some(found) = calls(dex, code) else { return false };
    if found.dates || found.others {
        return false;
    }
    let (mut any, mut all) = (false, true);
    let followed = Constants::default().follow(code, &mut |event: Event<'_>| {
        if let Event::Return { value } = event {
            any = true;
            all &= value == Value::Number(1);
        }
        Value::Unknown
    });
    followed.is_ok() && any && all
}

/// The method to which a compiler moved the body of a lambda: it is called, and its result is returned.
fn delegate(code: &Code<'_>) -> Option<u32> {
    let mut callee = None;
    for (number, instruction) in code.instructions().enumerate() {
        match instruction.callee() {
            _ if number >= MOST || instruction.opcode == THROW => return None,
            Some(method) if instruction.is_static_call() && callee.is_none() => callee = Some(method),
            Some(_) => return None,
            None => {}
        }
    }
    callee
}
