//! Two-task closed forms against TorchJD's figures.

use lambdascope::experiment::{AGGREGATION_TOLERANCE, AggregationFile};

#[test]
fn every_method_reproduces_the_reference() {
    let file: AggregationFile =
        serde_json::from_str(include_str!("../oracles/two_task_aggregation.json")).expect("the reference has its form");
    let differences = file.differences().expect("every method is known");
    for difference in &differences {
        println!("{difference:?}");
    }
    let methods: Vec<&str> = differences.iter().map(|difference| difference.method.as_str()).collect();
    assert_eq!(
        methods,
        ["aligned_mtl", "cagrad_c0.5", "config", "dualproj", "imtl_g", "mean", "mgda", "nash_mtl", "pcgrad", "upgrad"]
    );
    for difference in &differences {
        // At (0.1, 0.5, cos −0.3) the library's solver for Nash-MTL gave up and returned the plain sum.
        let unsolved = usize::from(difference.method == "nash_mtl");
        assert_eq!((difference.unsolved, difference.compared), (unsolved, file.cases.len() - unsolved));
        assert!(difference.largest <= AGGREGATION_TOLERANCE, "{difference:?}");
    }
}
