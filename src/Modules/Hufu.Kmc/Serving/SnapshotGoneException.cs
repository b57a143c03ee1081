namespace Hufu.Kmc.Serving;

/// <summary>Another request changed the stores between the decision and the transaction: everything is rolled back and decided anew.</summary>
internal sealed class SnapshotGoneException() : Exception("The stores have changed.");
