namespace KintoneSimulator.Query;

/// <summary>Reads <c>[condition] [order by …] [limit n] [offset n]</c> by recursive descent. Every error is CB_VA01.</summary>
sealed class SyntaxReader(string query, bool andBindsLikeOr = false)
{
    /// <summary>Far above what people write, far below what the stack bears.</summary>
    const int MaxDepth = 200;

    readonly List<Token> _tokens = QueryLexer.Tokens(query);
    int _at;
    int _depth;

    Token Current => _tokens[_at];

    public QuerySyntax Read()
    {
        var where = Current.Kind == TokenKind.End || IsOrderBy || IsClause("limit") || IsClause("offset") ? null : ReadOr();
        var orderBy = new List<(FieldName, bool)>();
        if (IsOrderBy)
        {
            _at += 2;
            do
                orderBy.Add(ReadOrder());
            while (TakeSign(","));
        }
        var limit = IsClause("limit") ? ReadCount() : null;
        var offset = IsClause("offset") ? ReadCount() : null;
        return Current.Kind == TokenKind.End ? new(where, orderBy, limit, offset) : throw QueryException.Syntax();
    }

    bool IsOrderBy => Current.Is("order") && _tokens[_at + 1].Is("by");

    /// <summary>A word followed by a number: a field of that name would be followed by an operator.</summary>
    bool IsClause(string keyword) => Current.Is(keyword) && _tokens[_at + 1].Kind == TokenKind.Number;

    string ReadCount()
    {
        _at++;
        var count = Take().Text;
        return count.All(char.IsAsciiDigit) ? count : throw QueryException.Syntax();
    }

    (FieldName, bool) ReadOrder()
    {
        var field = ReadField();
        if (TakeWord("desc"))
            return (field, true);
        TakeWord("asc");
        return (field, false);
    }

    ConditionSyntax ReadOr() => andBindsLikeOr ? ReadFromLeft() : ReadLogic("or", isAnd: false, () => ReadLogic("and", isAnd: true, ReadPrimary));

    ConditionSyntax ReadFromLeft()
    {
        var left = ReadPrimary();
        while (Current.Is("and") || Current.Is("or"))
            left = new LogicSyntax(Take().Is("and"), [left, ReadPrimary()]);
        return left;
    }

    ConditionSyntax ReadLogic(string keyword, bool isAnd, Func<ConditionSyntax> readOperand)
    {
        var operands = new List<ConditionSyntax> { readOperand() };
        while (TakeWord(keyword))
            operands.Add(readOperand());
        return operands.Count == 1 ? operands[0] : new LogicSyntax(isAnd, operands);
    }

    ConditionSyntax ReadPrimary()
    {
        if (!TakeSign("("))
            return ReadFieldCondition();
        if (++_depth > MaxDepth)
            throw QueryException.Syntax();
        var inner = ReadOr();
        ExpectSign(")");
        _depth--;
        return inner;
    }

    FieldSyntax ReadFieldCondition()
    {
        var field = ReadField();
        if (Current.Kind == TokenKind.Sign)
            return new(field, ReadSign(), [ReadOperand()]);
        if (TakeWord("is"))
        {
            var isNot = TakeWord("not");
            return TakeWord("empty") ? new(field, isNot ? "is not" : "is", []) : throw QueryException.Syntax();
        }
        var not = TakeWord("not") ? "not " : "";
        if (TakeWord("in"))
            return new(field, $"{not}in", ReadList());
        return TakeWord("like") ? new(field, $"{not}like", [new(Expect(TokenKind.Text))]) : throw QueryException.Syntax();
    }

    string ReadSign() => Take().Text is ("=" or "!=" or "<" or ">" or "<=" or ">=") and var sign ? sign : throw QueryException.Syntax();

    List<OperandSyntax> ReadList()
    {
        ExpectSign("(");
        var operands = new List<OperandSyntax>();
        do
            operands.Add(ReadOperand());
        while (TakeSign(","));
        ExpectSign(")");
        return operands;
    }

    OperandSyntax ReadOperand()
    {
        var value = Take();
        if (value.Kind is TokenKind.Text or TokenKind.Number)
            return new(value);
        if (value.Kind != TokenKind.Word)
            throw QueryException.Syntax();
        ExpectSign("(");
        var arguments = new List<Token>();
        if (!Current.IsSign(")"))
        {
            do
                arguments.Add(Current.Kind is TokenKind.Word or TokenKind.Text or TokenKind.Number ? Take() : throw QueryException.Syntax());
            while (TakeSign(","));
        }
        ExpectSign(")");
        return new(value, arguments);
    }

    FieldName ReadField()
    {
        var code = Expect(TokenKind.Word).Text;
        return new(code, TakeSign(".") ? Expect(TokenKind.Word).Text : null);
    }

    Token Take() => Current.Kind == TokenKind.End ? Current : _tokens[_at++];

    Token Expect(TokenKind kind) => Current.Kind == kind ? Take() : throw QueryException.Syntax();

    void ExpectSign(string sign)
    {
        if (!TakeSign(sign))
            throw QueryException.Syntax();
    }

    bool TakeSign(string sign)
    {
        if (!Current.IsSign(sign))
            return false;
        _at++;
        return true;
    }

    bool TakeWord(string keyword)
    {
        if (!Current.Is(keyword))
            return false;
        _at++;
        return true;
    }
}
