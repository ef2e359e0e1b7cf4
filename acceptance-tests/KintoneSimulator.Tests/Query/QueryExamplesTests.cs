using System.Globalization;
using KintoneSimulator.Query;

namespace KintoneSimulator.Tests.Query;

public sealed class QueryExamplesTests
{
    [Theory]
    [InlineData("key", "keyword", false)]
    [InlineData("key", "the key word", true)]
    [InlineData("KEY", "ｋｅｙ", true)]
    [InlineData("key", "鍵key鍵", true)]
    [InlineData("2024", "20241", false)]
    [InlineData("会社", "株式会社サンプル", true)]
    [InlineData("会社", "会 社", false)]
    [InlineData("a b", "x a b y", true)]
    [InlineData("", "anything", false)]
    public void Like_searches_for_words(string words, string text, bool found) =>
        Assert.Equal(found, SampleForm.Matches($"memo like \"{words}\"", new SampleRecord().With("memo", text)));

    [Fact]
    public void Like_sees_the_text_of_rich_text_and_the_names_of_files()
    {
        var record = new SampleRecord().With("rich", "<div><b>見積</b>書</div>").WithList("file", "a.txt", "契約書.pdf");
        Assert.True(SampleForm.Matches("rich like \"見積\"", record));
        Assert.False(SampleForm.Matches("rich like \"div\"", record));
        Assert.True(SampleForm.Matches("file like \"契約\"", record));
        Assert.True(SampleForm.Matches("file not like \"請求\" and file is not empty", record));
    }

    [Theory]
    [InlineData("$id = 1 or $id = 2 and $id = 3", 1, true)]
    [InlineData("($id = 1 or $id = 2) and $id = 3", 1, false)]
    [InlineData("$id = 3 and $id = 2 or $id = 1", 1, true)]
    [InlineData("$ID = 1 or $id = 1 and $id not in (2)", 1, null)]
    [InlineData("\u3000$id\u3000>\u30000\u3000and\u3000$id <= 1", 1, true)]
    [InlineData("レコード番号 = \"DEAL-1\"", 1, true)]
    [InlineData("レコード番号 in (\"DEAL-2\", 3)", 1, false)]
    [InlineData("$id > 0.5 AND $id < 1.5", 1, true)]
    public void And_binds_tighter_than_or(string query, int id, bool? matches)
    {
        if (matches is null)
            Assert.Equal("GAIA_IQ11", Assert.Throws<QueryException>(() => SampleForm.Parse(query)).Code);
        else
            Assert.Equal(matches, SampleForm.Matches(query, new SampleRecord(id)));
    }

    [Fact]
    public void A_field_may_have_a_keyword_for_its_code()
    {
        var query = SampleForm.Parse("limit > 5 and order = \"by\" order by order desc, limit limit 5 offset 10");
        Assert.Equal("limit > 5 and order = \"by\" order by order desc, limit asc limit 5 offset 10", QueryPrinter.Print(query));
        Assert.Equal((5, 10), (query.Limit, query.Offset));
    }

    [Fact]
    public void An_empty_query_asks_for_everything()
    {
        foreach (var text in new[] { "", " ", "\u3000\n" })
        {
            var query = SampleForm.Parse(text);
            Assert.Equal((null, 0, null, null), (query.Where, query.OrderBy.Count, query.Limit, query.Offset));
        }
    }

    [Theory]
    [InlineData("数量 > 5 and 区分 in (\"新\")", false)]
    [InlineData("数量 > 5 and (区分 in (\"新\") and 数量 < 100)", false)]
    [InlineData("数量 > 5 and 区分 in (\"旧\")", true)]
    [InlineData("数量 > 5 or 区分 in (\"新\")", true)]
    [InlineData("区分 not in (\"旧\")", false)]
    [InlineData("品名 not in (\"ねじ\")", true)]
    [InlineData("備考 is not empty", false)]
    [InlineData("備考 is empty and 数量 > 5", true)]
    public void Conditions_on_a_table_joined_by_and_hold_in_one_row(string query, bool matches)
    {
        var record = new SampleRecord().WithRows("明細",
            new SampleRecord().With("品名", "釘").With("数量", "1").With("区分", "新").With("備考", "急ぎ"),
            new SampleRecord().With("品名", "板").With("数量", "10").With("区分", "旧"));
        Assert.Equal(matches, SampleForm.Matches(query, record));
    }

    [Theory]
    [InlineData("備考 is empty")]
    [InlineData("備考 is not empty")]
    [InlineData("区分 in (\"\")")]
    [InlineData("区分 not in (\"新\")")]
    [InlineData("品名 not like \"a\"")]
    public void A_table_without_rows_never_matches(string query) => Assert.False(SampleForm.Matches(query, new SampleRecord()));

    [Fact]
    public void Related_records_are_asked_by_the_other_apps_fields()
    {
        var record = new SampleRecord().WithRows("関連", new SampleRecord(7).With("title", "受注"), new SampleRecord(9).With("title", "失注"));
        Assert.True(SampleForm.Matches("関連.$id > 8", record));
        Assert.True(SampleForm.Matches("関連.title in (\"受注\")", record));
        Assert.False(SampleForm.Matches("関連.$id > 8 and 関連.title in (\"受注\")", record));
        Assert.Equal(IdBounds.All with { Exact = false }, IdBounds.Of(SampleForm.Parse("関連.$id > 8").Where));
    }

    /// <summary>It is 2024-05-15 10:30:20 in Tokyo, a Wednesday; 01:30:20 UTC.</summary>
    [Theory]
    [InlineData("TODAY()", "2024-05-15", "2024-05-15")]
    [InlineData("YESTERDAY()", "2024-05-14", "2024-05-14")]
    [InlineData("TOMORROW()", "2024-05-16", "2024-05-16")]
    [InlineData("FROM_TODAY(-5, DAYS)", "2024-05-10", "2024-05-10")]
    [InlineData("FROM_TODAY(1, \"WEEKS\")", "2024-05-22", "2024-05-22")]
    [InlineData("FROM_TODAY(-3, MONTHS)", "2024-02-15", "2024-02-15")]
    [InlineData("FROM_TODAY(1, YEARS)", "2025-05-15", "2025-05-15")]
    [InlineData("THIS_WEEK()", "2024-05-12", "2024-05-18")]
    [InlineData("THIS_WEEK(SUNDAY)", "2024-05-12", "2024-05-12")]
    [InlineData("LAST_WEEK(saturday)", "2024-05-11", "2024-05-11")]
    [InlineData("NEXT_WEEK()", "2024-05-19", "2024-05-25")]
    [InlineData("THIS_MONTH()", "2024-05-01", "2024-05-31")]
    [InlineData("THIS_MONTH(LAST)", "2024-05-31", "2024-05-31")]
    [InlineData("LAST_MONTH(31)", "2024-05-01", "2024-05-01")]
    [InlineData("NEXT_MONTH(30)", "2024-06-30", "2024-06-30")]
    [InlineData("THIS_YEAR()", "2024-01-01", "2024-12-31")]
    [InlineData("LAST_YEAR()", "2023-01-01", "2023-12-31")]
    [InlineData("NEXT_YEAR()", "2025-01-01", "2025-12-31")]
    public void Functions_stand_for_days_of_the_users_calendar(string function, string first, string last)
    {
        foreach (var (day, isInside) in new[] { (AddDays(first, -1), false), (first, true), (last, true), (AddDays(last, 1), false) })
        {
            Assert.Equal(isInside, SampleForm.Matches($"date = {function}", new SampleRecord().With("date", day)));
            Assert.Equal(!isInside, SampleForm.Matches($"date != {function}", new SampleRecord().With("date", day)));
            var noonInTokyo = new SampleRecord().With("更新日時", $"{day}T03:00:00Z");
            Assert.Equal(isInside, SampleForm.Matches($"更新日時 = {function}", noonInTokyo));
            Assert.Equal(string.CompareOrdinal(day, first) >= 0, SampleForm.Matches($"更新日時 >= {function}", noonInTokyo));
            Assert.Equal(string.CompareOrdinal(day, first) < 0, SampleForm.Matches($"更新日時 < {function}", noonInTokyo));
        }
    }

    static string AddDays(string day, int days) =>
        DateOnly.Parse(day, CultureInfo.InvariantCulture).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Fact]
    public void A_day_begins_at_the_users_midnight_and_now_is_a_minute()
    {
        Assert.True(SampleForm.Matches("更新日時 = TODAY()", new SampleRecord().With("更新日時", "2024-05-14T15:00:00Z")));
        Assert.False(SampleForm.Matches("更新日時 = TODAY()", new SampleRecord().With("更新日時", "2024-05-14T14:59:00Z")));
        Assert.True(SampleForm.Matches("更新日時 = NOW()", new SampleRecord().With("更新日時", "2024-05-15T01:30:00Z")));
        Assert.True(SampleForm.Matches("更新日時 >= \"2024-05-15\"", new SampleRecord().With("更新日時", "2024-05-14T15:00:00Z")));
        var brazil = SampleRecord.Context with
        {
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo"),
            Now = new(2018, 11, 4, 12, 0, 0, TimeSpan.Zero)
        };
        Assert.True(SampleForm.Matches("更新日時 = TODAY()", new SampleRecord().With("更新日時", "2018-11-04T03:00:00Z"), brazil));
    }

    [Theory]
    [InlineData("2024-05-15T10:30:00+09:00")]
    [InlineData("2024-05-15T10:30:00+0900")]
    [InlineData("2024-05-15T10:30+0900")]
    [InlineData("2024-05-15T01:30:00Z")]
    [InlineData("2024-05-15T01:30:00.000Z")]
    [InlineData("2024-05-14T20:30:00-0500")]
    public void An_instant_may_be_written_with_any_offset(string literal) =>
        Assert.True(SampleForm.Matches($"datetime = \"{literal}\"", new SampleRecord().With("datetime", "2024-05-15T01:30:00Z")));

    [Theory]
    [InlineData(LiteralSeconds.Compared, false)]
    [InlineData(LiteralSeconds.Truncated, true)]
    public void Seconds_in_a_literal_are_compared_or_cut_off(LiteralSeconds seconds, bool matches) => Assert.Equal(matches, SampleForm.Matches(
        "更新日時 >= \"2024-05-15T01:30:30Z\"", new SampleRecord().With("更新日時", "2024-05-15T01:30:00Z"), SampleRecord.Context with { Seconds = seconds }));

    [Theory]
    [InlineData("title = \"\"", true)]
    [InlineData("title != \"x\"", true)]
    [InlineData("金額 = \"\"", true)]
    [InlineData("金額 != 5", true)]
    [InlineData("金額 < 5", false)]
    [InlineData("金額 in (\"\", 5)", true)]
    [InlineData("金額 not in (5)", true)]
    [InlineData("date = \"\"", true)]
    [InlineData("check in (\"\")", true)]
    [InlineData("check not in (\"A\")", true)]
    [InlineData("radio in (\"\")", true)]
    [InlineData("users in (\"\")", true)]
    [InlineData("users in (LOGINUSER())", false)]
    [InlineData("memo is empty", true)]
    [InlineData("memo not like \"a\"", true)]
    [InlineData("file is not empty", false)]
    public void A_field_without_a_value_matches_its_absence(string query, bool matches) =>
        Assert.Equal(matches, SampleForm.Matches(query, new SampleRecord()));

    [Fact]
    public void Texts_are_compared_with_their_escapes_resolved()
    {
        var record = new SampleRecord().With("title", "a\"b\\c\td\n");
        Assert.True(SampleForm.Matches("""title = "a\"b\\c\td\n" """, record));
        Assert.False(SampleForm.Matches("title = \"A\"", new SampleRecord().With("title", "a")));
    }

    [Theory]
    [InlineData("12345678901234567890123456789.01", "> 12345678901234567890123456789.009", true)]
    [InlineData("-12345678901234567890123456789.01", "< -12345678901234567890123456789.009", true)]
    [InlineData("123456789012345678901234567890", "> 5", true)]
    [InlineData("-123456789012345678901234567890", "< -5", true)]
    [InlineData("00000000000000000000000000000001.50", "= 1.5", true)]
    [InlineData("15", "= 1.5e1", true)]
    [InlineData("0.10", "in (0.1)", true)]
    public void Numbers_are_compared_by_all_their_digits(string value, string condition, bool matches) =>
        Assert.Equal(matches, SampleForm.Matches($"金額 {condition}", new SampleRecord().With("金額", value)));

    [Fact]
    public void The_users_functions_stand_for_who_asks()
    {
        var record = new SampleRecord().With("作成者", "hanako").WithList("users", "taro", "hanako").WithList("orgs", "eigyo");
        Assert.True(SampleForm.Matches("作成者 in (LOGINUSER()) and users in (LOGINUSER()) and orgs in (PRIMARY_ORGANIZATION())", record));
        Assert.False(SampleForm.Matches("作成者 in (LOGINUSER())", record, SampleRecord.Context with { LoginUser = "taro" }));
    }

    [Theory]
    [InlineData("orgs in (PRIMARY_ORGANIZATION())", true)]
    [InlineData("orgs in (PRIMARY_ORGANIZATION()) and $id = 1", true)]
    [InlineData("orgs in (PRIMARY_ORGANIZATION()) and $id = 2", false)]
    [InlineData("orgs in (PRIMARY_ORGANIZATION()) or $id = 2", false)]
    [InlineData("orgs in (PRIMARY_ORGANIZATION(), \"x\")", false)]
    public void A_condition_on_the_primary_organization_is_dropped_for_who_has_none(string query, bool matches) =>
        Assert.Equal(matches, SampleForm.Matches(query, new SampleRecord(1).WithList("orgs", "eigyo"),
            SampleRecord.Context with { PrimaryOrganization = null }));

    [Fact]
    public void The_incremental_reads_shape_is_recognised()
    {
        var found = ChangedSince.Find(SampleForm.Parse("(更新日時 >= \"2024-05-15T01:30:00Z\" or $id > 100) and $id > 5 and $id <= 80 order by $id asc limit 500")
            .Where);
        Assert.Equal(new ChangedSince(SampleForm.Instance["更新日時"], new(2024, 5, 15, 1, 30, 0, TimeSpan.Zero), 100), found);
        Assert.Null(ChangedSince.Find(SampleForm.Parse("更新日時 >= \"2024-05-15T01:30:00Z\" or title = \"a\"").Where));
        Assert.Null(ChangedSince.Find(SampleForm.Parse("作成日時 >= \"2024-05-15T01:30:00Z\" or $id > 5").Where));
    }

    [Fact]
    public void Without_an_order_newer_ids_come_first() =>
        Assert.Equal([3L, 2, 1], new[] { 2, 1, 3 }.Select(id => new SampleRecord(id)).Order(new RecordComparer([])).Select(record => record.Id));
}
