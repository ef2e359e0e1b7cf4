using System.Text.Json;
using WarehouseFiles;
using WarehouseFiles.Dbt;
using WarehouseFiles.Dialects;

const string Usage = """
    Usage:
      scripts FOLDER                 writes the scripts of docs/warehouse into the folder
      dbt FILE FOLDER [--append]     writes sources and tests into the folder of a dbt project; FILE holds rows of app_fields, one JSON object on each line, as
                                     the connector or the warehouse gives them; --append where the destination keeps every version
    """;

try
{
    switch (args)
    {
        case ["scripts", var folder]:
            foreach (var dialect in Dialect.All) await File.WriteAllTextAsync(Path.Combine(folder, dialect.File), LabelPlan.Script(dialect));
            return 0;
        case ["dbt", var dictionary, var project]:
            await DbtFiles.WriteAsync(dictionary, project, keepsVersions: false);
            return 0;
        case ["dbt", var dictionary, var project, "--append"]:
            await DbtFiles.WriteAsync(dictionary, project, keepsVersions: true);
            return 0;
        default:
            await Console.Error.WriteLineAsync(Usage);
            return 2;
    }
}
catch (Exception failure) when (failure is IOException or FormatException or JsonException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
