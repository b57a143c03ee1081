using System.Text;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>
/// What orders say lies sealed in the room's own database, as sender and as receiver: applicants' data passes here (7.2.4-a). SM4-GCM under a key of the room's device, bound to the
/// order's id. Facts say nothing private and lie as they are.
/// </summary>
internal sealed class KeptBodies(RoomIdentity identity)
{
    private readonly IDataCipher _cipher = identity.DataCipher("messages");

    public byte[] Seal(string id, ReadOnlySpan<byte> body) => _cipher.Seal(body, Encoding.ASCII.GetBytes(id));

    public byte[] Open(string id, ReadOnlySpan<byte> kept) => _cipher.Open(kept, Encoding.ASCII.GetBytes(id));
}
