using Hufu.Pki;

namespace Hufu.Tsa.Tokens;

/// <summary>The frames of the certificate in use: by syntax, with and without the certificate in the token.</summary>
internal sealed class TokenFrames(ClockBounds bounds, TsaOptions options)
{
    private TsaIdentity? _identity;
    private TokenFrame[] _frames = [];

    /// <summary>A frame; made anew when the certificate is another.</summary>
    public TokenFrame Of(TsaIdentity identity, MessageSyntax syntax, bool withCertificate)
    {
        if (_identity is null || !ReferenceEquals(_identity.Certificate, identity.Certificate))
        {
            var sample = new TstInfo
            {
                Policy = options.PolicyOid,
                Imprint = MessageImprint.OfData([]),
                SerialNumber = SerialNumber.FromBytes([1]),
                Time = identity.Certificate.NotBefore,
                Accuracy = bounds.Accuracy,
                Ordering = bounds.Ordering,
            };
            _frames =
            [
                new TokenFrame(identity, sample, MessageSyntax.Cms, false), new TokenFrame(identity, sample, MessageSyntax.Cms, true),
                new TokenFrame(identity, sample, MessageSyntax.Gm, false), new TokenFrame(identity, sample, MessageSyntax.Gm, true),
            ];
            _identity = identity;
        }

        return _frames[(syntax == MessageSyntax.Gm ? 2 : 0) + (withCertificate ? 1 : 0)];
    }
}
