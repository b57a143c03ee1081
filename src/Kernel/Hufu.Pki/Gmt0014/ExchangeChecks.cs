namespace Hufu.Pki.Gmt0014;

/// <summary>What both sides check of the other's message (standards.md 4.2).</summary>
internal static class ExchangeChecks
{
    internal static void Check(int version, EntName name, SignedExchange exchange, Certificate certificate, Gmt0014Options options, KnownEntName? known = null)
    {
        if (version != options.Version)
        {
            throw PkiException.Unsupported($"The message has version {version}, {options.Version} was agreed.");
        }

        if (known?.IsOf(certificate, options) != true && !name.Matches(certificate, options))
        {
            throw new PkiException(PkiError.Mismatch, "The sender's name, key hash or serial is not that of its certificate.");
        }

        if (!exchange.Verify(certificate.PublicKey))
        {
            throw new PkiException(PkiError.BadSignature, "The message's signature does not verify under the sender's key.");
        }
    }
}
