//! Sample sentences, and a small generator that strings them together the same way every time.

/// A generator of the kind that needs no crate: good enough to vary samples, for nothing else.
pub struct Chance(pub u64);

impl Chance {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).unwrap_or_default();
        high % limit.max(1)
    }

    /// One of the given.
    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }
}

pub const NAMES: [&str; 18] = [
    "marten",
    "ottilie",
    "quarrel_",
    "h4lyard",
    "pim",
    "solveig",
    "dnsgeek",
    "bramble",
    "k_ovacs",
    "uncertain-otter",
    "nadia",
    "wjt",
    "foxglove",
    "yusuf",
    "tern",
    "lowtide",
    "a_very_long_name_that_somebody_chose_in_2009",
    "ines",
];

const SENTENCES: [&str; 24] = [
    "We moved our tide tables to a small server in the harbour office last spring and have not looked back.",
    "The part that nobody mentions is how much of the work is keeping the sensors free of barnacles.",
    "I would like to see the raw readings before I believe the smoothed curve.",
    "That is true for the estuary, but further up the river the delay is closer to ninety minutes.",
    "My grandfather kept a paper log for forty years and his guesses were within a hand's breadth.",
    "There is a paper on this from a group in Bergen; they found the same drift in winter.",
    "You can do it with a bucket, a ruler and a patient child.",
    "What surprises me is that the cheap pressure sensor did better than the radar gauge.",
    "It depends on what you want it for: a swimmer needs the current, a skipper needs the depth.",
    "Nobody asked for an app, a sign on the quay would have been enough.",
    "The harmonic method is a century old and still fits on one page.",
    "I have run the numbers again and the error halves when you leave out the storm week.",
    "Thank you for writing this up, it answers a question I have had since school.",
    "Has anyone tried this in fresh water, where there is no salt to confuse the probe?",
    "The lock keeper here updates a chalk board twice a day and it is the best interface I know.",
    "Most of the cost was the permit, not the hardware.",
    "Please do not put the thing under the bridge, the echo will drive you mad.",
    "It is a lovely idea and it will fail the first time the mains go down.",
    "We had a fortnight without a reading and not one person noticed.",
    "The maps are wrong here anyway, the channel moved after the flood.",
    "I think you are comparing two different things, the table is a forecast and the gauge a fact.",
    "On a calm day you can hear the difference between ebb and flood from the mole.",
    "If the price is the only argument then the answer is a stick with marks on it.",
    "That is a fair point and I had not considered the ferry's wake.",
];

const INLINE: [&str; 8] = [
    "See <a href=\"https://example.org/tides/harmonic-constituents\" rel=\"nofollow ugc noopener\">example.org/tides/harmonic-constituents</a> for the long version.",
    "It is <em>not</em> the salt, it is the temperature.",
    "Set <code>averaging_window = 15m</code> and try again.",
    "The <strong>first</strong> reading after a restart is always off by one.",
    "https://example.net/a/very/long/address/that/goes/on/and/on/and-never-seems-to-come-to-an-end?with=a&amp;query=too",
    "Compare <em>figure 3</em>, where the winter drift is plain to see.",
    "I keep the script in <code>~/tides/fit.py</code>, ask if you want it.",
    "My own gauge says otherwise.[1]",
];

/// A paragraph of one to five sentences.
fn paragraph(chance: &mut Chance) -> String {
    let mut sentences: Vec<&str> = Vec::new();
    for _ in 0..=chance.below(5) {
        sentences.push(chance.pick(&SENTENCES));
    }
    if chance.below(5) == 0 {
        sentences.push(chance.pick(&INLINE));
    }
    format!("<p>{}</p>", sentences.join(" "))
}

/// A comment's sanitised markup: mostly prose, now and then a quote, a list or code.
pub fn comment(chance: &mut Chance) -> String {
    let mut html = String::new();
    if chance.below(6) == 0 {
        let quoted = chance.pick(&SENTENCES);
        html.push_str(&format!("<blockquote><p>{quoted}</p></blockquote>\n"));
    }
    for _ in 0..=chance.below(3) {
        html.push_str(&paragraph(chance));
        html.push('\n');
    }
    match chance.below(20) {
        0 => html.push_str(CODE),
        1 => {
            html.push_str("<ul>\n<li>a bucket</li>\n<li>a ruler, not the folding kind</li>\n<li>patience</li>\n</ul>\n")
        }
        _ => {}
    }
    html
}

/// Code with a line that no phone is wide enough for.
pub const CODE: &str = "<pre><code>def level(pressure_hpa, air_hpa, density=1025.0):\n    \"\"\"Height of the water above the sensor, in metres, from the pressure at the sensor and the pressure of the air above it.\"\"\"\n    return (pressure_hpa - air_hpa) * 100 / (density * 9.80665)\n</code></pre>\n";

/// A word that does not break.
pub const UNBROKEN: &str = "<p>DonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</p>\n";

/// Text written from right to left, with a left-to-right name in it.
pub const ARABIC: &str = "<p>جرّبنا المقياس في الميناء الصغير شهرًا كاملًا، وكانت القراءات قريبة من الجداول القديمة.</p>\n<p>الفرق الوحيد كان في أيام العاصفة، كما كتب marten أعلاه.</p>\n";

/// Hebrew, with a list.
pub const HEBREW: &str = "<p>גם אצלנו בנמל זה עבד היטב, אבל צריך לנקות את החיישן:</p>\n<ul>\n<li>פעם בשבוע בקיץ</li>\n<li>פעם בחודש בחורף</li>\n</ul>\n";
