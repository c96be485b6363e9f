//! The macros by which parameters are declared.
//!
//! A strategy declares its parameters with `parameters!`: type, default, label and range, and a doc comment that is also
//! the help a person reads. The macro makes of it the struct with its serde defaults and the
//! [`Parameters`](super::Parameters) of it.

/// Declare a struct of parameters: `field: type = default, "label", limits;`, documented by its help.
macro_rules! parameters {
    (
        $(#[$about:meta])*
        $name:ident {
            $( $(#[doc = $help:literal])+ $field:ident: $type:ty = $default:expr, $label:literal, $limits:expr; )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $( $(#[doc = $help])+ pub $field: $type, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        impl $crate::weighting::parameter::Parameters for $name {
            fn parameters(&self) -> Vec<$crate::weighting::parameter::Parameter> {
                #[allow(unused_imports, reason = "a strategy may have no parameters")]
                use $crate::weighting::parameter::{Parameter, Value};
                vec![ $( Parameter {
                    key: stringify!($field),
                    label: $label,
                    help: concat!($($help),+).trim_ascii_start(),
                    kind: <$type as Value>::kind($limits),
                    value: self.$field.text(),
                    default: Self::default().$field.text(),
                }, )* ]
            }

            #[allow(unused_variables, reason = "a strategy may have no parameters")]
            fn set(&mut self, key: &str, text: &str) -> Result<(), $crate::ConfigError> {
                match key {
                    $( stringify!($field) => {
                        let value = $crate::weighting::parameter::Value::read(stringify!($field), text, $limits)?;
                        self.$field = value;
                        Ok(())
                    } )*
                    _ => Err($crate::weighting::parameter::unknown(key, &[$(stringify!($field)),*])),
                }
            }

            fn validate(&self) -> Result<(), $crate::ConfigError> {
                $( $crate::weighting::parameter::Value::check(&self.$field, stringify!($field), $limits)?; )*
                Ok(())
            }
        }
    };
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
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[$first_about])*
            #[default]
            #[serde(rename = $first_key)]
            $first,
            $( $(#[$other_about])* #[serde(rename = $key)] $other, )*
        }

        impl $crate::weighting::parameter::Value for $name {
            type Limits = $crate::weighting::parameter::Any;

            fn kind(_: $crate::weighting::parameter::Any) -> $crate::weighting::parameter::ParameterKind {
                $crate::weighting::parameter::ParameterKind::Choice(
                    &[($first_key, $first_words) $(, ($key, $words))*]
                )
            }

            fn text(&self) -> String {
                match self { Self::$first => $first_key, $( Self::$other => $key, )* }.to_owned()
            }

            fn read(
                key: &'static str,
                text: &str,
                _: $crate::weighting::parameter::Any,
            ) -> Result<Self, $crate::ConfigError> {
                match text.trim() {
                    $first_key => Ok(Self::$first),
                    $( $key => Ok(Self::$other), )*
                    _ => Err($crate::ConfigError::new(
                        key,
                        $crate::weighting::parameter::one_of(&[$first_key $(, $key)*]),
                        text,
                    )),
                }
            }
        }
    };
}

pub(crate) use {choice, parameters};

#[cfg(test)]
mod tests {
    use super::super::{Any, ParameterKind, Parameters, Range};

    choice! {
        /// A taste.
        Taste {
            /// Sweet.
            Sweet = "sweet", "like sugar";
            /// Sour.
            Sour = "sour", "like lemons";
        }
    }

    parameters! {
        /// A dish.
        Dish {
            /// How hot it is.
            /// Mind your tongue.
            heat: f32 = 0.5, "Heat", Range::SHARE;
            /// How many eat of it.
            guests: u32 = 2, "Guests", Range::linear(1.0, 8.0, 1.0);
            /// What it tastes like.
            taste: Taste = Taste::default(), "Taste", Any;
            /// Whether it is served with bread.
            bread: bool = true, "Bread", Any;
        }
    }

    #[test]
    fn a_declaration_becomes_a_description() {
        let parameters = Dish { heat: 0.75, ..Dish::default() }.parameters();
        let heat = &parameters[0];
        assert_eq!((heat.key, heat.label, heat.help), ("heat", "Heat", "How hot it is. Mind your tongue."));
        assert_eq!((heat.value.as_str(), heat.default.as_str()), ("0.75", "0.5"));
        assert_eq!(heat.kind, ParameterKind::Number { min: 0.0, max: 1.0, step: 0.01, log: false });
        assert_eq!(parameters[2].kind, ParameterKind::Choice(&[("sweet", "like sugar"), ("sour", "like lemons")]));
        assert_eq!(parameters[3].kind, ParameterKind::Flag);
    }

    #[test]
    fn text_sets_a_parameter_or_says_what_is_wrong() {
        let mut dish = Dish::default();
        for (key, text) in [("heat", "0.25"), ("guests", " 3 "), ("taste", "sour"), ("bread", "false")] {
            dish.set(key, text).unwrap();
        }
        assert_eq!(dish, Dish { heat: 0.25, guests: 3, taste: Taste::Sour, bread: false });
        let refused = |key: &str, text: &str| Dish::default().set(key, text).unwrap_err().to_string();
        assert_eq!(refused("heat", "7"), "`heat` should be in [0, 1], found 7");
        assert_eq!(refused("heat", "NaN"), "`heat` should be in [0, 1], found NaN");
        assert_eq!(refused("guests", "many"), "`guests` should be in [1, 8], found many");
        assert_eq!(refused("taste", "dull"), "`taste` should be one of sweet, sour, found dull");
        assert_eq!(refused("bread", "some"), "`bread` should be true or false, found some");
        assert_eq!(refused("salt", "1"), "`parameter` should be one of heat, guests, taste, bread, found salt");
    }

    #[test]
    fn fields_that_were_set_by_hand_are_checked() {
        assert!(Dish::default().validate().is_ok());
        let error = Dish { guests: 9, ..Dish::default() }.validate().unwrap_err();
        assert_eq!(error.to_string(), "`guests` should be in [1, 8], found 9");
    }
}
