namespace Hufu.Contracts;

/// <summary>The names under which rooms know each other: in sealed messages, in access.csv, in addresses (<c>/api/{room}</c>, <c>/inbox/{room}</c>) and as folders of the data directory.</summary>
public static class Rooms
{
    /// <summary>The certification authority (证书认证系统).</summary>
    public const string Ca = "ca";

    /// <summary>The registration authority (证书注册系统).</summary>
    public const string Ra = "ra";

    /// <summary>The key management centre (密钥管理中心).</summary>
    public const string Kmc = "kmc";

    /// <summary>The online certificate status service.</summary>
    public const string Ocsp = "ocsp";

    /// <summary>The time-stamping authority (时间戳服务).</summary>
    public const string Tsa = "tsa";

    /// <summary>The repository: certificates, CRLs, directory.</summary>
    public const string Publishing = "publishing";

    /// <summary>All rooms that keep records of their own.</summary>
    public static IReadOnlyList<string> All { get; } = [Kmc, Ca, Ra, Ocsp, Tsa, Publishing];

    /// <summary>What a room is, from its name: the part before the hyphen, so that <c>ca-2</c> is a <c>ca</c>.</summary>
    public static string KindOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var hyphen = name.IndexOf('-', StringComparison.Ordinal);
        return hyphen < 0 ? name : name[..hyphen];
    }

    /// <summary>Whether a room may be called so: one of <see cref="All"/>, or one of them with a number from 2 to 99 for further rooms of its kind.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var kind = KindOf(name);
        return All.Contains(kind)
            && (name.Length == kind.Length || (name.Length - kind.Length - 1 is 1 or 2 && name[kind.Length + 1] != '0' && name.AsSpan(kind.Length + 1) is not "1" && name.Skip(kind.Length + 1).All(char.IsAsciiDigit)));
    }
}
