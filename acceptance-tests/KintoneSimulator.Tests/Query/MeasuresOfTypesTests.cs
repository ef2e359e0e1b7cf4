using KintoneSimulator.Query;

namespace KintoneSimulator.Tests.Query;

/// <summary>A type that has an order and no measure would compare as nothing, in silence.</summary>
public class MeasuresOfTypesTests
{
    public static TheoryData<FieldType, CalcFormat> Ordered
    {
        get
        {
            var data = new TheoryData<FieldType, CalcFormat>();
            foreach (var type in Enum.GetValues<FieldType>().Where(static t => QueryRules.OperatorsOf(t).HasFlag(Operators.Order)))
                foreach (var format in type == FieldType.Calc ? Enum.GetValues<CalcFormat>() : [CalcFormat.None])
                    data.Add(type, format);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ordered))]
    public void Whatever_has_an_order_has_a_measure(FieldType type, CalcFormat format) =>
        Assert.NotEqual(MeasureKind.None, Measure.KindOf(new("項目", type) { Format = format }));

    [Fact]
    public void Whatever_has_a_measure_has_an_order() =>
        Assert.Equal(
            Enum.GetValues<FieldType>().Where(static t => QueryRules.OperatorsOf(t).HasFlag(Operators.Order)),
            Enum.GetValues<FieldType>().Where(static t => Measure.KindOf(new("項目", t)) != MeasureKind.None));

    /// <summary>What holds neither a value nor anything to ask for, apart from which every type can be asked for.</summary>
    [Fact]
    public void Every_type_with_a_value_has_operators() =>
        Assert.Equal(
            [FieldType.Revision, FieldType.Category, FieldType.SubTable, FieldType.ReferenceTable, FieldType.Group],
            Enum.GetValues<FieldType>().Where(static t => QueryRules.OperatorsOf(t) == Operators.None));
}
