namespace AcceptanceTests;

/// <summary>Tests share them as a fixture; other programs that compile them in have no test framework.</summary>
public sealed partial class OfficialClients : IAsyncLifetime;

/// <summary>The official clients are installed once, by whichever test comes first.</summary>
[CollectionDefinition(Name)]
public sealed class OfficialClientsCollection : ICollectionFixture<OfficialClients>
{
    public const string Name = "Official clients";
}
