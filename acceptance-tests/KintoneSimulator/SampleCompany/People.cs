namespace KintoneSimulator.Sample;

/// <summary>The sample's users, organizations and groups.</summary>
static class People
{
    static readonly (string Code, string Name, string? Parent)[] s_organizations =
    [
        ("honsha", "架空文具株式会社", null),
        ("eigyo", "営業部", "honsha"),
        ("eigyo1", "営業第一課", "eigyo"),
        ("eigyo2", "営業第二課", "eigyo"),
        ("soumu", "総務部", "honsha"),
        ("kaihatsu", "商品開発室", "honsha"),
        ("yakuin", "役員会", "honsha"),
    ];

    public static Company Add(Domain domain)
    {
        domain.AddUser(SampleCompany.Administrator, SampleCompany.AdministratorPassword, "システム管理者", user => user with { Email = "admin@example.com" });
        domain.AddUser(SampleCompany.DemoUser, SampleCompany.DemoPassword, "デモ 利用者",
            user => user with { Email = "demo@example.com", PrimaryOrganization = "eigyo1" });
        domain.AddUser(SampleCompany.TwoFactorUser, SampleCompany.TwoFactorPassword, "二要素 認証", user => user with { TwoFactor = true });
        domain.AddUser("retired", "", "退職 済", user => user with { Valid = false });
        domain.AddUser("guest/partner@example.org", "", "協力会社 担当");

        var staff = Words.Surnames.Select((surname, index) => domain.AddUser($"u{index + 1:00}", "", $"{surname} {Words.GivenNames[index]}",
            user => user with
            {
                Email = $"u{index + 1:00}@example.com",
                PrimaryOrganization = index % 5 == 4 ? null : s_organizations[1 + index % 6].Code,
            })).ToList();

        var organizations = s_organizations.Select(organization => domain.AddOrganization(organization.Code, organization.Name, organization.Parent,
            staff.Where(user => user.PrimaryOrganization == organization.Code)
                .ToDictionary(user => user.Code, (string? (user) => user.Code == "u02" ? "課長" : null)))).ToList();

        Group[] groups =
        [
            domain.AddGroup("everyone", "Everyone", [.. domain.Users.Select(user => user.Code)]),
            domain.AddGroup("Administrators", "Administrators", SampleCompany.Administrator),
            domain.AddGroup("kacho", "課長以上", "u02", "u05", "u09"),
            domain.AddGroup("empty", "空のグループ"),
        ];
        return new(domain, staff, organizations, groups);
    }
}
