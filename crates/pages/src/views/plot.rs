//! Plots, drawn here as SVG: no library, nothing inline that the page's policy would have to allow, and no text inside, which would shrink
//! with the window. What a plot shows stands beside it in words and in a table.

use askama::Template;

/// Wide enough for each bar to have a place of its own.
const STEP: u64 = 10;
/// How high the highest bar is.
const HIGH: u64 = 60;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bar {
    x: u64,
    y: u64,
    height: u64,
    says: String,
}

/// Bars side by side, one for each number, the highest as high as the plot. Already markup when printed with `safe`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/bars.html")]
pub struct Bars {
    id: &'static str,
    title: &'static str,
    describes: String,
    width: u64,
    bars: Vec<Bar>,
}

impl Bars {
    /// Of numbers, each with what it is of: “3 November”. `describes` says the same in a sentence.
    #[must_use]
    pub fn new(id: &'static str, title: &'static str, describes: String, numbers: &[(String, u64)]) -> Self {
        let most = numbers.iter().map(|(_, number)| *number).max().unwrap_or(0).max(1);
        let bar = |(at, (of, number)): (u64, &(String, u64))| {
            let height = height(*number, most);
            Bar { x: at * STEP + 1, y: HIGH - height, height, says: format!("{of}: {number}") }
        };
        let bars: Vec<_> = (0_u64..).zip(numbers).map(bar).collect();
        Self { id, title, describes, width: STEP * u64::try_from(bars.len()).unwrap_or(0), bars }
    }
}

/// In proportion; what is there at all can be seen.
fn height(number: u64, most: u64) -> u64 {
    match number {
        0 => 0,
        number => (number.min(most).saturating_mul(HIGH) / most).max(1),
    }
}

/// A bar that lies in a line of a table, beside its number: decoration, which screen readers pass over.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/gauge.html")]
pub struct Gauge {
    /// How much of its width it fills, in percent.
    percent: u64,
}

impl Gauge {
    /// A number of at most so many.
    #[must_use]
    pub fn new(number: u64, most: u64) -> Self {
        let percent = number.min(most).saturating_mul(100).checked_div(most).unwrap_or(0);
        Self { percent: if number > 0 { percent.max(1) } else { 0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_is_as_high_as_the_plot_and_the_least_can_be_seen() {
        let numbers: Vec<_> = [0, 1, 500, 1_000].map(|number| ("a day".to_owned(), number)).into();
        let plot = Bars::new("p", "Comments", "Many.".into(), &numbers);
        let drawn: Vec<_> = plot.bars.iter().map(|bar| (bar.x, bar.y, bar.height)).collect();
        assert_eq!(drawn, [(1, 60, 0), (11, 59, 1), (21, 30, 30), (31, 0, 60)]);
        assert_eq!(plot.width, 40);
    }

    #[test]
    fn nothing_and_very_much_are_drawn() {
        let none = Bars::new("p", "Comments", String::new(), &[("today".into(), 0)]);
        assert_eq!(none.bars.first().map(|bar| bar.height), Some(0));
        let much = Bars::new("p", "Comments", String::new(), &[("today".into(), u64::MAX), ("then".into(), 1)]);
        assert!(much.bars.iter().all(|bar| (1..=HIGH).contains(&bar.height)));
        assert_eq!(Bars::new("p", "Comments", String::new(), &[]).width, 0);
    }

    #[test]
    fn a_gauge_is_full_at_most() {
        let filled =
            [(0, 9), (1, 900), (5, 10), (12, 10), (3, 0)].map(|(number, most)| Gauge::new(number, most).percent);
        assert_eq!(filled, [0, 1, 50, 100, 1]);
    }

    #[test]
    fn a_plot_says_what_it_shows() {
        let plot = Bars::new("p", "Comments", "1 < 2.".into(), &[("3 May".into(), 2)]).render().unwrap();
        assert!(plot.contains(r#"role="img" aria-labelledby="p-title p-desc""#), "{plot}");
        assert!(plot.contains("<title id=\"p-title\">Comments</title>"), "{plot}");
        assert!(plot.contains("1 &lt; 2.") && plot.contains("<title>3 May: 2</title>"), "{plot}");
    }
}
