/// <summary>One bench: <c>dotnet run -c Release --project bench -- NAME</c>.</summary>
internal interface IBench
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>One line above the table.</summary>
    string Title { get; }

    /// <summary>Measures, row by row; a row is printed when it is yielded.</summary>
    IEnumerable<BenchRow> Run();
}
