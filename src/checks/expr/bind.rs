//! Facts become values of the engine, once per asset; results become JSON again.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use cel::{
    Context, Env, ExecutionError, IdedExpr, Value as Cel,
    common::{
        types::{self, CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString},
        value::{CowVal, Val},
    },
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    checks::functions,
    model::{Reason, ReasonCode},
};

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(env()));

/// The facts of one asset, ready for any number of expressions.
pub struct AssetFacts<'a> {
    json: &'a Value,
    context: Context<'a, 'a>,
    as_of: Timestamp,
}

/// The same facts with the parameters of one check.
pub struct Inputs<'s, 'a> {
    json: &'a Value,
    context: Context<'s, 'a>,
}

impl<'a> AssetFacts<'a> {
    /// `facts` holds the domains by name (`{"host": {..}}`); `as_of` is the moment of the judgement.
    pub fn new(facts: &'a Value, as_of: Timestamp) -> Self {
        let mut context = Context::with_env(Arc::clone(&ENV));
        for (domain, value) in facts.as_object().into_iter().flatten() {
            context.add_variable_as_val(domain.as_str(), bound(value));
        }
        let days = move |date: Arc<String>| {
            functions::days_since(&date, as_of).ok_or_else(|| ExecutionError::function_error("days_since", "no date"))
        };
        // It fails only for a name that the environment has, and this one has no such name.
        let _ = context.add_function("days_since", days);
        Self { json: facts, context, as_of }
    }

    pub fn json(&self) -> &'a Value {
        self.json
    }

    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// Binds the parameters of a check, all of them.
    pub fn with_params(&self, params: &Map<String, Value>) -> Inputs<'_, 'a> {
        let mut context = self.context.new_inner_scope();
        context.add_variable_from_value("params", owned_map(params));
        Inputs { json: self.json, context }
    }

    /// The facts alone.
    pub fn inputs(&self) -> Inputs<'_, 'a> {
        Inputs { json: self.json, context: self.context.new_inner_scope() }
    }
}

impl<'a> Inputs<'_, 'a> {
    pub fn json(&self) -> &'a Value {
        self.json
    }

    pub(super) fn resolve(&self, ast: &IdedExpr, it: Option<&'a Value>) -> Result<Cel, Reason> {
        let value = match it {
            None => Cel::resolve(ast, &self.context),
            Some(it) => {
                let mut inner = self.context.new_inner_scope();
                inner.add_variable_as_val("it", bound(it));
                Cel::resolve(ast, &inner)
            }
        };
        value.map_err(|error| reason(&error))
    }
}

fn reason(error: &ExecutionError) -> Reason {
    // The engine's texts quote scanned data and may depend on the order of a map: only the kind is kept.
    let kind = match error {
        ExecutionError::NoSuchKey(_) => "no_such_key",
        ExecutionError::NoSuchOverload(_) | ExecutionError::UnexpectedType { .. } => "wrong_type",
        ExecutionError::IndexOutOfBounds(_) => "index_out_of_bounds",
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "division_by_zero",
        ExecutionError::Overflow(..) => "overflow",
        ExecutionError::FunctionError { function, .. } => match function.as_str() {
            "cidr_in" => "not_an_address",
            "mode_within" => "not_a_mode",
            "days_since" => "not_a_date",
            _ => "function_error",
        },
        ExecutionError::UndeclaredReference(_) => "no_such_name",
        _ => "error",
    };
    Reason::new(ReasonCode::Evaluation).with("error", kind)
}

/// A value that borrows its strings from the facts. JSON's integers become integers; `null` in a map is absence.
fn bound<'a>(value: &'a Value) -> Box<dyn Val + 'a> {
    match value {
        Value::Null => Box::new(CelNull),
        Value::Bool(value) => Box::new(CelBool::from(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(value) => Box::new(CelInt::from(value)),
            None => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Value::String(text) => Box::new(CelString::from(text.as_str())),
        Value::Array(list) => Box::new(CelList::from(list.iter().map(bound).collect::<Vec<_>>())),
        Value::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            let entries = entries.map(|(key, value)| (CelMapKey::from(key.as_str()), bound(value)));
            Box::new(CelMap::from(entries.collect::<HashMap<_, _>>()))
        }
    }
}

fn owned(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(value) => Cel::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(value) => Cel::Int(value),
            None => Cel::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Cel::String(Arc::new(text.clone())),
        Value::Array(list) => Cel::List(Arc::new(list.iter().map(owned).collect())),
        Value::Object(map) => owned_map(map),
    }
}

fn owned_map(map: &Map<String, Value>) -> Cel {
    let entries = map.iter().filter(|(_, value)| !value.is_null());
    Cel::from(entries.map(|(key, value)| (key.clone(), owned(value))).collect::<HashMap<_, _>>())
}

/// A result of the engine as JSON; what has no JSON form is named by its type.
pub(super) fn json(value: &Cel) -> Value {
    match value {
        Cel::Null => Value::Null,
        Cel::Bool(value) => Value::Bool(*value),
        Cel::Int(value) => Value::from(*value),
        Cel::UInt(value) => Value::from(*value),
        Cel::Float(value) => Value::from(*value),
        Cel::String(text) => Value::String(text.to_string()),
        Cel::List(list) => Value::Array(list.iter().map(json).collect()),
        Cel::Map(map) => {
            let entries = map.map.iter().map(|(key, value)| (key.to_string(), json(value)));
            // serde_json's map is sorted or keeps this order; either way the same value gives the same bytes.
            let sorted: std::collections::BTreeMap<_, _> = entries.collect();
            Value::Object(sorted.into_iter().collect())
        }
        other => Value::String(format!("<{}>", other.type_of())),
    }
}

/// CEL's own functions without optional values, and ours.
fn env() -> Env {
    let mut env = Env::default().with_optional_support(false).with_stdlib();
    let text = || types::STRING_TYPE;
    let added = [
        env.add_overload("rx", "rx_string_string", vec![text(), text()], |args| {
            let pattern =
                functions::pattern(string(&args, 1)).map_err(|why| ExecutionError::function_error("rx", why))?;
            Ok(CowVal::owned(CelBool::from(pattern.is_match(string(&args, 0)))))
        }),
        env.add_overload("ver_cmp", "ver_cmp_string_string", vec![text(), text()], |args| {
            let order = functions::version_order(string(&args, 0), string(&args, 1));
            Ok(CowVal::owned(CelInt::from(order as i64)))
        }),
        env.add_overload("cidr_in", "cidr_in_string_string", vec![text(), text()], |args| {
            let found = functions::address(string(&args, 0)).zip(functions::Cidr::parse(string(&args, 1)));
            let (address, block) = found.ok_or_else(|| ExecutionError::function_error("cidr_in", "no address"))?;
            Ok(CowVal::owned(CelBool::from(block.contains(address))))
        }),
        env.add_overload("mode_within", "mode_within_string_string", vec![text(), text()], |args| {
            within(functions::octal(string(&args, 0)), functions::octal(string(&args, 1)))
        }),
        env.add_overload("mode_within", "mode_within_int_string", vec![types::INT_TYPE, text()], |args| {
            let mode = args.first().and_then(|mode| mode.downcast_ref::<CelInt>()).map(|mode| *mode.inner());
            within(mode.and_then(|mode| u32::try_from(mode & 0o7777).ok()), functions::octal(string(&args, 1)))
        }),
    ];
    debug_assert!(added.iter().all(Result::is_ok), "an overload is declared twice");
    env
}

fn within<'b, 'v>(mode: Option<u32>, max: Option<u32>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let (mode, max) = mode.zip(max).ok_or_else(|| ExecutionError::function_error("mode_within", "no mode"))?;
    Ok(CowVal::owned(CelBool::from(mode & !max == 0)))
}

/// The engine calls an overload only with arguments of its types, so the empty text stands for nothing that happens.
fn string<'b>(args: &'b [CowVal<'_, '_>], at: usize) -> &'b str {
    args.get(at).and_then(|arg| arg.downcast_ref::<CelString<'_>>()).map_or("", |text| text.inner())
}
