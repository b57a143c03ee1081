namespace Hufu.Contracts;

/// <summary>
/// Splits the device's backup anew, with every key that it holds now: <c>POST /api/ca/ceremony/split</c>, act <see cref="ActNames.BackupSplit"/> by an operator, object <c>device/ca</c>, while as many share holders as policy says have
/// presented their shares (6.6.2.2-a, 6.6.2.2-c). The shares before it open the backups before it only.
/// </summary>
/// <param name="Reason">Why, for the transcript; 1 to 500 characters.</param>
public sealed record BackupSplit(string Reason);

/// <summary>The new backup.</summary>
/// <param name="Digest">SM3 of the encrypted backup, hex.</param>
/// <param name="Keys">How many keys it holds.</param>
/// <param name="Shares">A share for each holder, enveloped to the holder's key; given again for the same act.</param>
public sealed record BackupMade(string Digest, int Keys, IReadOnlyList<ShareDelivery> Shares);

/// <summary>A CA's key and its backup.</summary>
/// <param name="Ca">The CA's name.</param>
/// <param name="Key">SM3 of the SubjectPublicKeyInfo, hex.</param>
/// <param name="State">active or closing.</param>
/// <param name="Since">Since when the key is certified.</param>
/// <param name="HeldBy">Which backup holds it: the newest split's digest, or a ceremony's id; null: none does.</param>
/// <param name="Due">Of a key that none holds: from then on the CA issues nothing to holders.</param>
public sealed record KeyBackup(string Ca, string Key, string State, DateTimeOffset Since, string? HeldBy, DateTimeOffset? Due);

/// <summary><c>GET /api/ca/key-backups</c>, in a session of whoever may see the CA's figures: the device's split backup and which of the CAs' keys it holds. Keys in a PKCS#11 token are backed up by its own means and stand not here.</summary>
/// <param name="Digest">SM3 of the newest encrypted backup, hex; null before initialisation.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Keys">The CAs' keys that live in the device.</param>
public sealed record CaBackups(string? Digest, DateTimeOffset? MadeAt, IReadOnlyList<KeyBackup> Keys);
