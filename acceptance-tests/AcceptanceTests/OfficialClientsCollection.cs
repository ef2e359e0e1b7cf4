namespace AcceptanceTests;

/// <summary>The official clients are installed once, by whichever test comes first.</summary>
[CollectionDefinition(Name)]
public sealed class OfficialClientsCollection : ICollectionFixture<OfficialClients>
{
    public const string Name = "Official clients";
}
