namespace Hufu.Hosting;

/// <summary>The section <c>repository</c> of <c>hufu.json</c>: what the repository keeps and lets the public search. What is left out keeps its usual value.</summary>
public sealed record RepositorySettings
{
    /// <summary>For how many days CRLs that are no longer in force are kept and given out under their number, 30 to 36500.</summary>
    public int? KeepCrlDays { get; init; }

    /// <summary>Whether the public may search certificates by name. One whose serial is known is given out either way.</summary>
    public bool? PublicSearch { get; init; }

    /// <summary>Rows of a page of the public search, 1 to 500.</summary>
    public int? SearchPage { get; init; }

    /// <exception cref="SettingsException">They cannot be used.</exception>
    internal void Check()
    {
        SettingsFigures.Check("repository.keepCrlDays", KeepCrlDays, 30, 36_500);
        SettingsFigures.Check("repository.searchPage", SearchPage, 1, 500);
    }
}
