namespace Hufu.Contracts;

/// <content>Further acts of an RA's staff.</content>
public static partial class ActNames
{
    /// <summary>Make a lost one-time code anew; object <c>application/{id}</c>, payload <see cref="CodeRenewal"/>.</summary>
    public const string RaCodeRenew = "ra.code.renew";

    /// <summary>Hand a pair over at the counter; object <c>application/{id}</c>, payload <see cref="HandOver"/>.</summary>
    public const string RaPairHandOver = "ra.pair.hand-over";
}
