using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Ca.KeyCentre;

/// <summary>The line to the key centre through the room's post: DER sealed as GM/T 0010. Each question is a fresh message; the task number inside makes it the same question.</summary>
internal sealed class PostKeyCentreLine(Post post, PeerStore peers, RoomIdentity identity) : IKeyCentreLine
{
    public (Certificate Certificate, ISigner Signer)? Self => identity.SigningCertificate is { } certificate ? (certificate, identity.Signer) : null;

    public async Task<Certificate?> FindKeyCentreAsync(CancellationToken ct) => (await peers.FindAsync(Rooms.Kmc, ct).ConfigureAwait(false))?.Signing;

    public async Task<byte[]> ExchangeAsync(byte[] request, CancellationToken ct)
    {
        try
        {
            return await post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, request, id: null, ct).ConfigureAwait(false);
        }
        catch (RefusedException refused) when (refused.Refusal.Code != RefusalCode.RoomUnreachable)
        {
            // A refusal of the message itself (not registered there, not initialised, not allowed) is mended by people; the intent waits meanwhile.
            throw new RefusedException(RefusalCode.RoomUnreachable, $"The key centre does not take the question: {refused.Refusal}");
        }
    }
}
