namespace Hufu.Pki.Gmt0014;

/// <summary>A partner's EntName in the bytes that it writes: for those who exchange many messages with it. Immutable.</summary>
public sealed class KnownEntName
{
    private readonly Certificate _certificate;
    private readonly Gmt0014Options _options;

    private KnownEntName(Certificate certificate, Gmt0014Options options)
    {
        (_certificate, _options) = (certificate, options);
        Name = EntName.Of(certificate, options);
        Encoded = DerWriting.Encode(Name.Write);
    }

    /// <summary>The name.</summary>
    public EntName Name { get; }

    /// <summary>Its DER.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The name of a certificate's holder.</summary>
    /// <param name="certificate">The certificate that it is known by.</param>
    /// <param name="options">The open points.</param>
    public static KnownEntName Of(Certificate certificate, Gmt0014Options options) => new(certificate, options);

    /// <summary>True when it was made from this very certificate and these options, so that nothing need be compared again.</summary>
    internal bool IsOf(Certificate certificate, Gmt0014Options options) => ReferenceEquals(_certificate, certificate) && ReferenceEquals(_options, options);
}
