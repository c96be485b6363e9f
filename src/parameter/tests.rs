//! A declaration at work.

use super::{Any, Effect, ParameterKind, Parameters, Range, Traits, choice, parameters};

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
        guests: u32 = 2, "Guests", Range::linear(1.0, 8.0, 1.0), Traits::RESTART.flag("people").unit("people").usual();
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
    assert_eq!(heat.kind, ParameterKind::Number { min: 0.0, max: 1.0, step: 0.01, log: false, whole: false });
    assert_eq!(parameters[2].kind, ParameterKind::Choice(vec![("sweet", "like sugar"), ("sour", "like lemons")]));
    assert_eq!(parameters[3].kind, ParameterKind::Flag);
    let guests = &parameters[1];
    assert_eq!((guests.flag, guests.unit, guests.effect, guests.usual), ("people", "people", Effect::Restart, true));
    assert_eq!((heat.flag, heat.unit, heat.effect, heat.usual), ("heat", "", Effect::Live, false));
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
