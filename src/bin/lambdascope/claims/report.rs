//! The ledger as Markdown with pictures beside it, as one HTML file, and as data.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lambdascope::chart::{Style, finding_svg};
use lambdascope::data::Origin;
use lambdascope::experiment::claims::{Claim, Extent, Finding, Source};
use lambdascope::parameter::Variant as _;
use serde_json::json;

use crate::Failure;

/// Size of a picture, in CSS pixels.
const PICTURE_PX: (u32, u32) = (720, 320);

/// All that a report tells.
pub struct Report<'a> {
    /// The claims and what they came to.
    pub findings: &'a [(&'a Claim, Finding)],
    /// How much was run.
    pub extent: &'a Extent,
    /// Runs of the plan, shared ones once.
    pub runs: usize,
    /// Its date.
    pub date: &'a str,
    /// The command that makes it.
    pub command: String,
}

impl Report<'_> {
    /// Write `claims.md`, a picture for each claim, `claims.html` and `claims.json` into a folder.
    pub fn write(&self, folder: &Path) -> Result<(), Failure> {
        let put = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        for (claim, finding) in self.findings {
            if let Some(svg) = picture(finding, &Style::light())? {
                put(&format!("{}.svg", claim.id), &svg)?;
            }
        }
        put("claims.md", &self.markdown())?;
        put("claims.html", &self.html()?)?;
        let findings: Vec<_> =
            self.findings.iter().map(|(claim, finding)| json!({ "claim": claim, "finding": finding })).collect();
        let data = json!({
            "date": self.date,
            "command": self.command,
            "recipe": self.extent.recipe,
            "seeds": self.extent.seeds,
            "runs": self.runs,
            "ledger": findings,
        });
        put("claims.json", &(serde_json::to_string_pretty(&data)? + "\n"))?;
        eprintln!("Report: {}", folder.join("claims.html").display());
        Ok(())
    }

    /// The recipe in a paragraph.
    fn settings(&self) -> String {
        let recipe = &self.extent.recipe;
        let data = match recipe.data.origin {
            Some(Origin::Nasa) => "NASA C-MAPSS",
            Some(Origin::Own) => "own files,",
            _ => "emulated",
        };
        let sizes = self.extent.encoders.iter().map(|encoder| {
            let sizes = encoder.inner().into_iter().map(|size| format!("{} {}", size.key, size.value));
            format!("{} ({})", encoder.name(), sizes.collect::<Vec<_>>().join(", "))
        });
        let decay = if recipe.optimizer.cosine_decay { ", rate falling to zero along a cosine" } else { "" };
        format!(
            "Data: {data} {}, windows of {} cycles, {} apart. Encoder where a claim does not vary it: {}. Encoders: {}. {} \
             epochs, batches of {}, {:?} with a rate of {}, decay {}, clipping at {}{decay}. RUL as a fraction and AMNL \
             where a claim does not vary them. {} seeds a point, from {}. {} runs in all. Test figures: the last window \
             of each test engine, RUL capped at 125 cycles; figures over all windows would look 15 to 25 % better. \
             Intervals: 95 %, percentiles of 2000 bootstrap resamples over the seeds, themselves seeded. The optimizer's \
             settings were chosen with the GRU at λ_rul = 0.5 with AMNL, by the test error of seeds 1 to 3: that favours \
             equal weights, AMNL and those seeds, and nothing else was tuned.",
            recipe.data.subset,
            recipe.data.window,
            recipe.data.stride,
            recipe.encoder.name(),
            sizes.collect::<Vec<_>>().join(", "),
            recipe.epochs,
            recipe.batch_size,
            recipe.optimizer.kind,
            recipe.optimizer.learning_rate,
            recipe.optimizer.weight_decay,
            recipe.optimizer.clip_norm,
            self.extent.seeds.len(),
            self.extent.seeds.first().copied().unwrap_or_default(),
            self.runs,
        )
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "# The ledger of claims\n\nClaims about loss weighting, published elsewhere, put to the test by runs of one's own. \
             Published figures are quoted from {} {} and {} {}; they are not results of this program.\n\n{}\n\nMade on {} by \
             `{}`.\n\n| claim | verdict | measured (95 % interval) |\n| --- | --- | --- |\n",
            Source::Course.mark(),
            Source::Course.title(),
            Source::Shaa.mark(),
            Source::Shaa.title(),
            self.settings(),
            self.date,
            self.command,
        );
        for (claim, finding) in self.findings {
            let verdict = finding.verdict.words();
            // Writing into a string cannot fail.
            let _ = writeln!(text, "| [{}](#{}) | **{verdict}** | {} |", claim.title, claim.id, measured(finding));
        }
        for (claim, finding) in self.findings {
            let _ = write!(
                text,
                "\n## {}\n\n{}\n\n**{}.** {}\n",
                claim.id,
                claim.sentence,
                capital(finding),
                finding.words
            );
            if finding.plot.is_some() {
                let _ = writeln!(text, "\n![{}]({}.svg)", finding.figure, claim.id);
            }
            if !finding.table.headers.is_empty() {
                let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
                text += "\n";
                text += &row(&finding.table.headers);
                text += &row(&finding.table.headers.iter().map(|_| "---".to_owned()).collect::<Vec<_>>());
                finding.table.rows.iter().for_each(|cells| text += &row(cells));
            }
            let _ = write!(
                text,
                "\n- Measured: {}: {}. {}.\n- How: {}\n- Rule: {}\n",
                finding.figure,
                measured(finding),
                finding.counted(),
                claim.method,
                claim.rule
            );
            for published in claim.published {
                let _ = writeln!(text, "- Published {}: {}.", published.source.mark(), published.figure);
            }
            claim.doubts.iter().for_each(|doubt| {
                let _ = writeln!(text, "- Doubtful: {doubt}");
            });
        }
        text
    }

    fn html(&self) -> Result<String, Failure> {
        let mut body = String::new();
        for (claim, finding) in self.findings {
            body += &card(claim, finding)?;
        }
        let overview = self
            .findings
            .iter()
            .map(|(claim, finding)| {
                format!(
                    "<tr><td><a href=\"#{}\">{}</a><td>{}<td>{}</tr>\n",
                    claim.id,
                    escaped(claim.title),
                    badge(finding),
                    escaped(&measured(finding))
                )
            })
            .collect::<Vec<_>>()
            .concat();
        let published = [Source::Course, Source::Shaa].map(|source| format!("{} {}", source.mark(), source.title()));
        Ok(format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width\">\n<title>The ledger of claims</title>\n<style>\n{STYLE}</style>\n<h1>The ledger of \
             claims</h1>\n<p>Claims about loss weighting, published elsewhere, put to the test by runs of one's own. \
             Published figures are quoted from {}; they are not results of this program.\n<p>{}\n<p>Made on {} by \
             <code>{}</code>.\n<div class=\"wide\"><table><tr><th>Claim<th>Verdict<th>Measured (95 % interval)</tr>\n{overview}</table></div>\n{body}",
            escaped(&published.join(" and ")),
            escaped(&self.settings()),
            escaped(self.date),
            escaped(&self.command),
        ))
    }
}

fn card(claim: &Claim, finding: &Finding) -> Result<String, Failure> {
    let mut text = format!(
        "<section id=\"{}\">\n<h2>{} {}</h2>\n<p class=\"claim\">{}\n<p><strong>{}</strong>\n",
        claim.id,
        escaped(claim.title),
        badge(finding),
        escaped(claim.sentence),
        escaped(&finding.words),
    );
    if let (Some(light), Some(dark)) = (picture(finding, &Style::light())?, picture(finding, &Style::dark())?) {
        let label = escaped(&finding.figure);
        let _ = writeln!(text, "<figure class=\"light\" role=\"img\" aria-label=\"{label}\">{light}</figure>");
        let _ = writeln!(text, "<figure class=\"dark\" role=\"img\" aria-label=\"{label}\">{dark}</figure>");
    }
    if !finding.table.headers.is_empty() {
        let row = |cells: &[String], tag: &str| {
            let cells = cells.iter().map(|cell| format!("<{tag}>{}", escaped(cell))).collect::<Vec<_>>().concat();
            format!("<tr>{cells}</tr>\n")
        };
        let rows: String = finding.table.rows.iter().map(|cells| row(cells, "td")).collect();
        let _ = writeln!(text, "<div class=\"wide\"><table>{}{rows}</table></div>", row(&finding.table.headers, "th"));
    }
    let list = |items: Vec<String>| items.iter().map(|item| format!("<li>{item}")).collect::<Vec<_>>().join("\n");
    let published = claim.published.iter().map(|of| format!("{} {}", of.source.mark(), escaped(of.figure))).collect();
    let doubts = claim.doubts.iter().map(|doubt| escaped(doubt)).collect();
    let _ = write!(
        text,
        "<dl>\n<dt>Measured<dd>{}: {}. {}.\n<dt>How<dd>{}\n<dt>Rule<dd>{}\n<dt>Published<dd><ul>{}</ul>\n\
         <dt>Doubtful<dd><ul>{}</ul>\n</dl>\n</section>\n",
        escaped(&finding.figure),
        escaped(&measured(finding)),
        escaped(&finding.counted()),
        escaped(claim.method),
        escaped(claim.rule),
        list(published),
        list(doubts),
    );
    Ok(text)
}

fn picture(finding: &Finding, style: &Style) -> Result<Option<String>, Failure> {
    let (width, height) = PICTURE_PX;
    Ok(finding.plot.as_ref().map(|plot| finding_svg(plot, width, height, style)).transpose()?)
}

fn measured(finding: &Finding) -> String {
    match finding.measured {
        Some(estimate) => format!("{:.2} ({:.2} to {:.2})", estimate.value, estimate.low, estimate.high),
        None => "no figure".to_owned(),
    }
}

fn badge(finding: &Finding) -> String {
    let words = finding.verdict.words();
    format!("<span class=\"verdict {}\">{words}</span>", words.replace(' ', "-"))
}

fn capital(finding: &Finding) -> String {
    let words = finding.verdict.words();
    words[..1].to_uppercase() + &words[1..]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1f2430; --muted: #5b6370; --line: #e7eaee; --back: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --muted: #a3abb8; --line: #262b33; --back: #14171c; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
.claim { font-style: italic; color: var(--muted); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
figure.dark { display: none; }
@media (prefers-color-scheme: dark) { figure.light { display: none; } figure.dark { display: block; } }
dl { font-size: 0.9rem; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin-left: 0; color: var(--muted); }
dd ul { margin: 0; padding-left: 1.2rem; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
.verdict { display: inline-block; font-size: 0.8rem; font-weight: 600; padding: 0 0.6rem; border-radius: 1rem; border: 1.5px solid; white-space: nowrap; vertical-align: middle; }
.verdict.supported { color: #00855f; }
.verdict.not-supported { color: #c0392b; }
.verdict.undecided { color: #8a6d00; }
@media (prefers-color-scheme: dark) { .verdict.supported { color: #2fc99a; } .verdict.not-supported { color: #ff8a7a; } .verdict.undecided { color: #e6c14a; } }
";
