using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>Another room as this room knows it.</summary>
/// <param name="Name">Its name, one of <see cref="Hufu.Contracts.Rooms"/>.</param>
/// <param name="Signing">Whose key signs its messages: this certificate and no other.</param>
/// <param name="Encryption">To which messages for it are enveloped; null for a room that receives none.</param>
/// <param name="Address">Its base address (<c>http://host:port</c>) when it runs elsewhere; null for a room in this process.</param>
public sealed record Peer(string Name, Certificate Signing, Certificate? Encryption, Uri? Address)
{
    /// <summary>Signing certificates that <see cref="Signing"/> followed and that have not ended: messages signed under them may still be on their way.</summary>
    public IReadOnlyList<Certificate> Earlier { get; init; } = [];

    /// <summary>All certificates whose key may have signed a message of this room, the present one first.</summary>
    internal IReadOnlyList<Certificate> Signers => [Signing, .. Earlier];
}
