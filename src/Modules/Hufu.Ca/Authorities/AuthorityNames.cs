using Hufu.Contracts;

namespace Hufu.Ca.Authorities;

/// <summary>The CAs of this installation, by the names that stand in facts, addresses and tables; and the labels of their keys in the device.</summary>
internal static class AuthorityNames
{
    /// <summary>Signs the operational CA and its own CRL.</summary>
    public const string Root = "root";

    /// <summary>Signs everything else.</summary>
    public const string Operational = "operational";

    /// <summary>Label of the root's key.</summary>
    public const string RootKey = "root";

    /// <summary>Label of the operational CA's key.</summary>
    public const string OperationalKey = "ca";

    public static IReadOnlyList<string> All { get; } = [Root, Operational];

    public static string KeyOf(string name) => name switch
    {
        Root => RootKey,
        Operational => OperationalKey,
        _ => throw new RefusedException(RefusalCode.UnknownObject, "There are the CAs root and operational.", "ca"),
    };
}
