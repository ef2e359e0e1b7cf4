using WarehouseFiles;
using WarehouseFiles.Dialects;

if (args is not ["scripts", var folder])
{
    await Console.Error.WriteLineAsync("Usage: scripts FOLDER   writes the scripts of docs/warehouse into the folder");
    return 2;
}
foreach (var dialect in Dialect.All)
    await File.WriteAllTextAsync(Path.Combine(folder, dialect.File), LabelPlan.Script(dialect));
return 0;
