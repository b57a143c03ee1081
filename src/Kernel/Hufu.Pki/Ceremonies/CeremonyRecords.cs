namespace Hufu.Pki;

/// <summary>Somebody who took part in a ceremony.</summary>
/// <param name="Name">Real name.</param>
/// <param name="Role">leader, key-manager, operator, share-holder, witness.</param>
/// <param name="CertificateDigest">SM3 of the certificate's DER, lower-case hex.</param>
/// <param name="Challenge">The random bytes that the person's token answered to, 32.</param>
/// <param name="Answer">DER SM2Signature over <see cref="CeremonyTranscript.PresenceText"/>.</param>
public sealed record CeremonyPerson(string Name, string Role, string CertificateDigest, byte[] Challenge, byte[] Answer);

/// <summary>One act of a ceremony.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="Time">When it was finished.</param>
/// <param name="Act">The word of the script: generate, back-up, restore …</param>
/// <param name="What">What was done, in Chinese.</param>
/// <param name="WhatEn">What was done, in English.</param>
/// <param name="Who">Names of those who did it with their tokens.</param>
/// <param name="Digest">SM3 (lower-case hex) of what came out of it, or null.</param>
public sealed record CeremonyAct(int Number, DateTimeOffset Time, string Act, string What, string WhatEn, IReadOnlyList<string> Who, string? Digest);

/// <summary>A file that came out of a ceremony.</summary>
/// <param name="Name">Path relative to the ceremony's folder, with '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Digest">SM3, lower-case hex.</param>
public sealed record CeremonyFile(string Name, long Size, string Digest);

/// <summary>What has become of a key.</summary>
/// <param name="Device">The device's name in the script.</param>
/// <param name="Label">The key's label.</param>
/// <param name="KeyDigest">SM3 of the SubjectPublicKeyInfo's DER, lower-case hex.</param>
/// <param name="State">active, archived, or destroyed. An archived key must never sign again (6.6.2.2-d): whoever takes the transcript in refuses it.</param>
public sealed record CeremonyKey(string Device, string Label, string KeyDigest, string State);
