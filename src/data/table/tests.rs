use super::*;

fn records(text: &str, separator: Separator) -> Result<Vec<(usize, Vec<String>)>, DataError> {
    let mut all = Vec::new();
    for_each_record("file", text.as_bytes(), separator, &mut |_| {}, |place, fields| {
        all.push((place.line, fields.iter().map(|field| (*field).to_owned()).collect()));
        Ok(())
    })?;
    Ok(all)
}

fn owned(rows: &[(usize, &[&str])]) -> Vec<(usize, Vec<String>)> {
    rows.iter().map(|(line, fields)| (*line, fields.iter().map(|field| (*field).to_owned()).collect())).collect()
}

#[test]
fn records_have_their_lines_whatever_ends_them() {
    let expected = owned(&[(1, &["1", "2"]), (3, &["3", ""]), (4, &["5", "6"])]);
    for end in ["\n", "\r\n"] {
        let text = ["\"1\", 2", "# a comment", "3,", "5,6"].join(end);
        assert_eq!(records(&text, Separator::Byte(b',')).unwrap(), expected);
        assert_eq!(records(&(text + end), Separator::Byte(b',')).unwrap(), expected);
    }
    let expected = owned(&[(2, &["1", "2"]), (4, &["5"])]);
    assert_eq!(records("\n 1\t\"2\" \r\n  \n5", Separator::Blanks).unwrap(), expected);
    assert_eq!(records("\n1;2\n;;\n5", Separator::Byte(b';')).unwrap(), expected);
}

#[test]
fn endless_lines_take_no_memory_and_are_refused() {
    let wide = "1,".repeat(100_000);
    let message = records(&wide, Separator::Byte(b',')).unwrap_err().to_string();
    assert_eq!(
        message,
        "file, line 1: expected a line of at most 1000 columns and 65,536 bytes, quotes closed, found a longer one: \"1111111111111111111111111111111111111111…\""
    );
    let open = format!("1,\"2\n{}", "3,4\n".repeat(100_000));
    assert!(records(&open, Separator::Byte(b',')).unwrap_err().to_string().contains("quotes closed"));
}

/// A text, how it is read, its first row, and what is said of it.
const FORMS: [(&str, &str, &[&str]); 13] = [
    ("1 2.5\n2 3.5\n", "1|2.5", &[]),
    ("a,b\n1,2.5\n", "1|2.5", &["columns separated by commas", "header skipped"]),
    ("a;b\n1;2,5\n", "1|2,5", &["columns separated by semicolons, with decimal commas", "header skipped"]),
    ("a\tb c\n1\t2.5\n", "1|2.5", &["columns separated by tabs", "header skipped"]),
    ("1 | 2.5\n2 | 3\n", "1|2.5", &["columns separated by bars"]),
    ("1 2,5\n2 3,5\n", "1|2,5", &["columns separated by blanks, with decimal commas"]),
    ("sep=;\na;b\n1;2\n", "1|2", &["columns separated by semicolons", "2 lines skipped, the last of them a header"]),
    ("# made by hand\n1 2\n", "1|2", &["comment lines are skipped"]),
    ("0,1,2,3,4,5\n9,8,7,6,5,4\n", "9|8|7|6|5|4", &["columns separated by commas", "header skipped"]),
    ("A title of the table\n1 2\n", "1|2", &["its first line is no row and is skipped"]),
    ("\"1\",\"2.5\"\n\"2\",\"3\"\n", "1|2.5", &["columns separated by commas"]),
    ("RUL\n112\n", "112", &["header skipped"]),
    ("RUL\n112,5\n", "112,5", &["columns separated by blanks, with decimal commas", "header skipped"]),
];

#[test]
fn forms_are_found_out_and_said() {
    for (text, row, said) in FORMS {
        let form = Form::detect("file", text.as_bytes(), 1).unwrap();
        assert_eq!(form.rows[0].join("|"), row, "{text}");
        let manners: Vec<_> = form.manners.iter().map(ToString::to_string).collect();
        assert_eq!(manners, said, "{text}");
    }
}

#[test]
fn two_readings_are_refused() {
    let message = Form::detect("RUL.csv", b"112,5\n98,0\n", 1).unwrap_err().to_string();
    assert_eq!(
        message,
        "RUL.csv: its rows may be read in two ways, as `112,5` and as `112 | 5`; separate columns by semicolons or tabs, \
         or write decimal points"
    );
    // Only one of them has the columns that are asked for.
    assert_eq!(Form::detect("file", b"112,5\n98,0\n", 2).unwrap().width, 2);
}

#[test]
fn any_usual_encoding_is_text() {
    let plain = "1 2\n3 4\n";
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> { plain.encode_utf16().flat_map(order).collect() };
    let cases: [(Vec<u8>, &[Manner]); 7] = [
        (plain.as_bytes().to_vec(), &[]),
        ([b"\xEF\xBB\xBF", plain.as_bytes()].concat(), &[]),
        ([b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat(), &[Manner::Utf16]),
        ([b"\xFE\xFF".to_vec(), utf16(u16::to_be_bytes)].concat(), &[Manner::Utf16]),
        (utf16(u16::to_le_bytes), &[Manner::Utf16]),
        (plain.replace('\n', "\r").into_bytes(), &[Manner::CarriageReturns]),
        (plain.replace(' ', "\u{a0}").into_bytes(), &[Manner::Blanks]),
    ];
    for (bytes, said) in cases {
        let (text, manners) = decoded("file", &bytes).unwrap();
        assert_eq!((&*text, &manners[..]), (plain.as_bytes(), said));
    }
    let broken = decoded("file", b"\xFF\xFE1\x00\n\x00\x00\xD8").unwrap_err().to_string();
    assert!(broken.starts_with("file, line 2: expected text"), "{broken}");
}
