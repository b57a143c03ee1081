namespace Hufu.Contracts;

/// <summary>Reads what a room owns; changes nothing.</summary>
/// <typeparam name="TAnswer">What is read.</typeparam>
public interface IQuery<TAnswer>;
