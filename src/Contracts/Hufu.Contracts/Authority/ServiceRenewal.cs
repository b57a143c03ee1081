namespace Hufu.Contracts;

/// <summary>
/// A room asks the CA to certify it again before a certificate of its own ends (6.6.2.1: the platform's own certificates renew themselves). The request is signed by the room's present key, as every fact is,
/// so it needs no person; the CA answers with <see cref="ServiceCertified"/> or with a ledger record that refuses it, never with more than the room already had: same name, same profile, same duty.
/// </summary>
/// <param name="Room">The room, as in its peer registration.</param>
/// <param name="Use">Which of its certificates: <c>sign</c>, <c>encrypt</c> or <c>audit</c>, as the device's label is called.</param>
/// <param name="OldSerial">The certificate that ends, lower-case hex.</param>
/// <param name="Request">PKCS#10, DER, of a new key made in the room's device (or the same key where the profile allows it).</param>
public sealed record ServiceRenewalAsked(string Room, string Use, string OldSerial, byte[] Request) : IFact;

/// <summary>The CA certified a room again; the room installs it if it is over the key it asked with, and everyone who knows the room as a peer takes the new certificate beside the old one until that ends.</summary>
/// <param name="Room">The room.</param>
/// <param name="Use"><c>sign</c>, <c>encrypt</c> or <c>audit</c>.</param>
/// <param name="OldSerial">The certificate that this one follows.</param>
/// <param name="Certificate">DER.</param>
/// <param name="Chain">Up to and with the root, DER, the issuer first.</param>
public sealed record ServiceCertified(string Room, string Use, string OldSerial, byte[] Certificate, IReadOnlyList<byte[]> Chain) : IFact;
