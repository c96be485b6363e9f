//! The macros by which parameters are declared.

/// Declare a struct of parameters: `field: type = default, "label", limits;`, documented by its help. What
/// [`Traits`](super::Traits) say (another key, a unit, a restart) may follow. A field without label and limits is no
/// parameter.
macro_rules! parameters {
    (
        $(#[$about:meta])*
        $name:ident {
            $(
                $(#[doc = $help:literal])+
                $(#[serde $serde:tt])*
                $field:ident: $type:ty = $default:expr $(, $label:literal, $limits:expr $(, $traits:expr)?)?;
            )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $( $(#[doc = $help])+ $(#[serde $serde])* pub $field: $type, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        impl $crate::parameter::Parameters for $name {
            fn parameters(&self) -> Vec<$crate::parameter::Parameter> {
                #[allow(unused_variables, reason = "a strategy may have no parameters")]
                let default = Self::default();
                #[allow(unused_mut, reason = "a strategy may have no parameters")]
                let mut all = Vec::new();
                $( {
                    #[allow(dead_code, reason = "a field without limits is no parameter")]
                    const HELP: &str = concat!($($help),+);
                    $( all.push($crate::parameter::parameters!(@traits $($traits)?).describe(
                        stringify!($field),
                        ($label, HELP.trim_ascii_start()),
                        $limits,
                        (&self.$field, &default.$field),
                    )); )?
                } )*
                all
            }

            #[allow(unused_variables, reason = "a strategy may have no parameters")]
            fn set(&mut self, key: &str, text: &str) -> Result<(), $crate::ConfigError> {
                $( $( {
                    const KEY: &str = $crate::parameter::parameters!(@traits $($traits)?).key_of(stringify!($field));
                    match $crate::parameter::within(KEY, key) {
                        Some("") => {
                            let next = $crate::parameter::Value::read(KEY, text, $limits)?;
                            $crate::parameter::Value::replace(&mut self.$field, next);
                            return Ok(());
                        }
                        Some(inner) => {
                            return $crate::parameter::Value::set_nested(&mut self.$field, inner, text);
                        }
                        None => {}
                    }
                } )? )*
                let all = $crate::parameter::Parameters::parameters(self);
                let known: Vec<&str> = all.iter().map(|parameter| parameter.key).collect();
                Err($crate::parameter::unknown(key, &known))
            }

            fn validate(&self) -> Result<(), $crate::ConfigError> {
                $( $( {
                    const KEY: &str = $crate::parameter::parameters!(@traits $($traits)?).key_of(stringify!($field));
                    $crate::parameter::Value::check(&self.$field, KEY, $limits)?;
                } )? )*
                Ok(())
            }
        }
    };
    (@traits) => { $crate::parameter::Traits::LIVE };
    (@traits $traits:expr) => { $traits };
}

/// Declare an enum to choose from: `Variant = "name", "words";`, the first being the default.
macro_rules! choice {
    (
        $(#[$about:meta])*
        $name:ident {
            $(#[$first_about:meta])* $first:ident = $first_key:literal, $first_words:literal;
            $( $(#[$other_about:meta])* $other:ident = $key:literal, $words:literal; )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[$first_about])*
            #[default]
            #[serde(rename = $first_key)]
            $first,
            $( $(#[$other_about])* #[serde(rename = $key)] $other, )*
        }

        #[allow(dead_code, reason = "not every choice is listed or found by its name elsewhere")]
        impl $name {
            /// Every choice, in the order in which it is offered.
            pub const ALL: [Self; [$first_key $(, $key)*].len()] = [Self::$first $(, Self::$other)*];

            /// Its name in links, files and the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { Self::$first => $first_key, $( Self::$other => $key, )* }
            }

            /// Its name for people.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { Self::$first => $first_words, $( Self::$other => $words, )* }
            }

            /// The choice of this name, in any case.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|choice| choice.name().eq_ignore_ascii_case(name.trim()))
            }
        }

        impl $crate::parameter::Value for $name {
            type Limits = $crate::parameter::Any;

            fn kind(_: $crate::parameter::Any) -> $crate::parameter::ParameterKind {
                $crate::parameter::ParameterKind::Choice(
                    Self::ALL.iter().map(|choice| (choice.name(), choice.words())).collect()
                )
            }

            fn text(&self) -> String {
                self.name().to_owned()
            }

            fn read(
                key: &'static str,
                text: &str,
                _: $crate::parameter::Any,
            ) -> Result<Self, $crate::ConfigError> {
                Self::from_name(text).ok_or_else(|| {
                    let names: Vec<&str> = Self::ALL.iter().map(|choice| choice.name()).collect();
                    $crate::ConfigError::new(key, $crate::parameter::one_of(&names), text)
                })
            }
        }
    };
}

/// Declare an enum whose variants have parameters of their own: `Variant = "name", "words" { field: type = default,
/// "label", limits; }`. What is `held by Trait` are variants whose parameters a type of the variant's name declares in a
/// file of its own. In JSON it is tagged by `kind`.
macro_rules! variants {
    (
        $(#[$about:meta])*
        $name:ident, positional: $positional:literal {
            $(
                $(#[doc = $variant_about:literal])+
                $variant:ident = $key:literal, $words:literal
                $( { $( $(#[doc = $help:literal])+ $field:ident: $type:ty = $default:expr, $label:literal, $limits:expr; )+ } )?
            )+
            $( held by $held_trait:path {
                $( $(#[doc = $held_about:literal])+ $held:ident = $held_key:literal, $held_words:literal; )+
            } )?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "kind")]
        pub enum $name {
            $(
                $(#[doc = $variant_about])+
                #[serde(rename = $key)]
                $variant $( { $( $(#[doc = $help])+ $field: $type, )+ } )?,
            )+
            $( $(
                $(#[doc = $held_about])+
                #[serde(rename = $held_key)]
                $held($held),
            )+ )?
        }

        impl $name {
            /// The names, in the order in which they are offered.
            pub const NAMES: [&str; [$($key,)+ $($($held_key),+)?].len()] = [$($key,)+ $($($held_key),+)?];

            /// The choice of this name with its default parameters, or `None` for a name that is not in
            /// [`Self::NAMES`].
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $( $key => Some(Self::$variant $( { $( $field: $default, )+ } )?), )+
                    $( $( $held_key => Some(Self::$held($held::default())), )+ )?
                    _ => None,
                }
            }

            /// Its name, as in [`Self::NAMES`].
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $key, )+ $( $( Self::$held(_) => $held_key, )+ )? }
            }

            /// Its name for people.
            #[must_use]
            pub const fn title(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $words, )+ $( $( Self::$held(_) => $held_words, )+ )? }
            }

            $(
                /// What holds the parameters, where the choice is one with a type of its own.
                #[must_use]
                pub fn held(&self) -> Option<&dyn $held_trait> {
                    match self { $( Self::$held(held) => Some(held), )+ _ => None }
                }

                fn held_mut(&mut self) -> Option<&mut dyn $held_trait> {
                    match self { $( Self::$held(held) => Some(held), )+ _ => None }
                }
            )?
        }

        impl $crate::parameter::Variant for $name {
            const POSITIONAL: bool = $positional;

            fn choices() -> Vec<(&'static str, &'static str)> {
                vec![$( ($key, $words), )+ $( $( ($held_key, $held_words) ),+ )?]
            }

            fn named(name: &str) -> Option<Self> {
                Self::from_name(name)
            }

            fn choice(&self) -> &'static str {
                self.name()
            }

            fn inner(&self) -> Vec<$crate::parameter::Parameter> {
                match self {
                    $( Self::$variant { $( $( $field, )+ )? } => vec![ $( $(
                        $crate::parameter::Traits::LIVE.describe(
                            stringify!($field),
                            ($label, concat!($($help),+).trim_ascii_start()),
                            $limits,
                            ($field, &$default),
                        ),
                    )+ )? ], )+
                    $( $( Self::$held(held) => $crate::parameter::Parameters::parameters(held), )+ )?
                }
            }

            fn set_inner(&mut self, key: &str, text: &str) -> Result<(), $crate::ConfigError> {
                match self {
                    $( Self::$variant { $( $( $field, )+ )? } => {
                        $( $( if key == stringify!($field) {
                            *$field = $crate::parameter::Value::read(stringify!($field), text, $limits)?;
                            return Ok(());
                        } )+ )?
                        Err($crate::parameter::unknown(key, &[$( $( stringify!($field), )+ )?]))
                    } )+
                    $( $( Self::$held(held) => $crate::parameter::Parameters::set(held, key, text), )+ )?
                }
            }

            fn check_inner(&self) -> Result<(), $crate::ConfigError> {
                match self {
                    $( Self::$variant { $( $( $field, )+ )? } => {
                        $( $( $crate::parameter::Value::check($field, stringify!($field), $limits)?; )+ )?
                    } )+
                    $( $( Self::$held(held) => $crate::parameter::Parameters::validate(held)?, )+ )?
                }
                self.check_together()
            }
        }
    };
}

pub(crate) use {choice, parameters, variants};
