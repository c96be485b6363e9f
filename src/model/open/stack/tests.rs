//! Stacks as people write them, and any other text.

use proptest::prelude::*;

use super::*;
use crate::model::{EncoderConfig, Network};
use crate::parameter::Value as _;

const SIZE: Size = Size { window: 30, features: 14 };

fn refusal(text: &str) -> String {
    match Layers::parse(text) {
        Ok(layers) => Stack { layers }.fits(SIZE).map_or_else(|error| error.to_string(), |()| "fits".to_owned()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_default_reads_as_it_is_written() {
    let text = "conv32k5-relu|res(conv32k3d2-relu)|bigru16|attn2|mean";
    assert_eq!(Layers::default().to_string(), text);
    assert_eq!(Layers::parse(text).unwrap(), Layers::default());
    assert_eq!(refusal(text), "fits");
}

#[test]
fn an_encoder_has_the_same_text_everywhere() {
    let text = "stack:conv16k7s2-gelu|norm|drop0.25|bilstm8|res(dense32-tanh|dense16)|attnpool|dense8";
    let encoder = EncoderConfig::read("encoder", text, Any).unwrap();
    assert_eq!(encoder.text(), text);
    let json = serde_json::to_string(&encoder).unwrap();
    assert_eq!(serde_json::from_str::<EncoderConfig>(&json).unwrap(), encoder);
}

/// Parameters as `PyTorch` counts them, by hand.
#[test]
fn parameters_are_counted_without_burn() {
    let parameters = |text: &str| {
        let stack = Stack { layers: Layers::parse(text).unwrap() };
        let config = EncoderConfig::Stack(stack);
        Network::new(&config, SIZE.window, SIZE.features).layout().shared()
    };
    assert_eq!(parameters("conv8k5|mean"), 14 * 8 * 5 + 8);
    assert_eq!(parameters("bigru4|norm|last"), 2 * ((14 + 4) * 12 + 24) + 16);
    assert_eq!(parameters("dense8|attn2|attnpool|dense4"), (14 * 8 + 8) + (8 * 24 + 24 + 8 * 8 + 8) + 9 + (8 * 4 + 4));
}

#[test]
fn what_cannot_be_is_one_sentence_with_its_place() {
    let cases = [
        (
            "",
            "a layer such as conv32k5, dense16, gru16, lstm16, bigru16, bilstm16, attn2, norm, drop0.1, res(…), mean, last or \
              attnpool at layer 1, found nothing",
        ),
        (
            "mean|",
            "a layer such as conv32k5, dense16, gru16, lstm16, bigru16, bilstm16, attn2, norm, drop0.1, res(…), mean, \
                   last or attnpool at layer 2, found nothing",
        ),
        (
            "perceptron9|mean",
            "a layer such as conv32k5, dense16, gru16, lstm16, bigru16, bilstm16, attn2, norm, drop0.1, res(…), \
                              mean, last or attnpool at layer 1, found perceptron9",
        ),
        ("gru-16|mean", "from 1 to 256 units at layer 1, found gru"),
        ("gru1000000000|mean", "from 1 to 256 units at layer 1, found gru1000000000"),
        ("conv32k99|mean", "from 1 to 63 taps at layer 1, found conv32k99"),
        ("conv32k31|mean", "a kernel within 30 steps, not over 31, at layer 1, found conv32k31"),
        ("conv8k5s4|conv8k3d4|mean", "a kernel within 8 steps, not over 9, at layer 2, found conv8k3d4"),
        ("conv8k5", "closed by mean, last or attnpool at layer 1, found conv8k5"),
        ("mean|gru8", "dense, norm or drop behind the mean over time at layer 2, found gru8"),
        ("res(mean)|last", "without mean, last and attnpool within res( ) at layer 2, found mean"),
        (
            "conv8k3|res(conv9k3)|mean",
            "layers that give back 30 steps of 8 features, not 30 steps of 9 features, at layer 2, found res(conv9k3)",
        ),
        ("gru10|attn3|mean", "heads that divide 10 features at layer 2, found attn3"),
        ("gru8-softplus|mean", "followed by -relu, -tanh, -sigmoid or -gelu at layer 1, found softplus"),
        ("res(gru8|norm", "closed by ) at layer 3, found nothing"),
        ("gru8)|mean", "joined by | and closed by one ) for each res( at layer 1, found )|mean"),
        ("drop1|mean", "a share from 0.001 to 0.9 at layer 1, found drop1"),
        ("drop0.5|mean", "made of at least one layer with parameters, found drop0.5|mean"),
    ];
    for (text, sentence) in cases {
        assert_eq!(refusal(text), format!("`layers` should be {sentence}"), "{text}");
    }
    assert!(refusal(&"norm|".repeat(79)).contains("at most 32 layers"), "{}", refusal(&"norm|".repeat(79)));
    assert!(refusal(&"norm|".repeat(99)).contains("at most 400 characters"));
    assert!(refusal(&"res(".repeat(9)).contains("at most 4 res( within each other"));
}

fn layer() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        (1..300_u32, 1..70_u32, 0..40_u32, 0..40_u32).prop_map(|(o, k, d, s)| format!("conv{o}k{k}d{d}s{s}")),
        (0..300_u32).prop_map(|width| format!("dense{width}")),
        (1..9_u32).prop_map(|units| format!("bigru{units}")),
        (1..9_u32).prop_map(|units| format!("lstm{units}-tanh")),
        (1..5_u32).prop_map(|heads| format!("attn{heads}")),
        prop::sample::select(vec!["norm", "drop0.1", "mean", "last", "attnpool", "conv8k3-relu", "dense8", ""])
            .prop_map(str::to_owned),
        "[a-z0-9|()+~.-]{0,12}",
        any::<String>(),
    ];
    plain.prop_recursive(4, 16, 3, |inner| {
        prop::collection::vec(inner, 1..3).prop_map(|inner| format!("res({})", inner.join("|")))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever is written is either refused in one line or can be written again, measured and counted.
    #[test]
    fn any_text_is_a_model_or_a_sentence(layers in prop::collection::vec(layer(), 0..6)) {
        let text = layers.join("|");
        match Layers::parse(&text) {
            Err(error) => {
                let sentence = error.to_string();
                prop_assert!(sentence.starts_with("`layers` should be ") && sentence.lines().count() <= 2, "{}", sentence);
                prop_assert!(sentence.chars().count() < 300, "{}", sentence);
            }
            Ok(layers) => {
                prop_assert_eq!(&Layers::parse(&layers.to_string()).unwrap(), &layers);
                let stack = Stack { layers };
                if stack.fits(SIZE).is_ok() {
                    let network = Network::new(&EncoderConfig::Stack(stack), SIZE.window, SIZE.features);
                    prop_assert!(network.layout().shared() > 0);
                    prop_assert!(network.cost(SIZE.window).multiplications > 0);
                }
            }
        }
    }
}
