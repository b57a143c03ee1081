namespace Hufu.Pki;

/// <summary>The content types of both syntaxes.</summary>
internal static class MessageOids
{
    internal static string Data(MessageSyntax syntax) => syntax == MessageSyntax.Gm ? Oids.GmData : Oids.CmsData;

    internal static string SignedData(MessageSyntax syntax) => syntax == MessageSyntax.Gm ? Oids.GmSignedData : Oids.CmsSignedData;

    internal static string EnvelopedData(MessageSyntax syntax) => syntax == MessageSyntax.Gm ? Oids.GmEnvelopedData : Oids.CmsEnvelopedData;

    internal static MessageSyntax Of(string contentType, string gm, string cms) => contentType == gm ? MessageSyntax.Gm : contentType == cms ? MessageSyntax.Cms
        : throw PkiException.Unsupported($"The content type is {contentType}, not {gm} or {cms}.");
}
