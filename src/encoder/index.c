/*
 * index.c: finds an index of an encoder table that is one of ours.
 *
 * An index is used if its definition is exactly the one that ge_encoder_create_indexes()
 * writes: keys, operator classes and collations of PostgreSQL's own, no predicate.  Its
 * expression is compared as it is stored: RelationGetIndexExpressions() would simplify
 * the expression, and so run functions in it.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "nodes/primnodes.h"
#include "storage/lockdefs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "encoder/cursor.h"

/* The constant 0 as parse analysis leaves it: of int4, and cast. */
static bool
is_zero(const Node *node)
{
	const Const *number = (const Const *) node;

	if (IsA(node, FuncExpr))
	{
		const FuncExpr *cast = (const FuncExpr *) node;

		if (cast->funcid != F_INT8_INT4 || list_length(cast->args) != 1)
			return false;
		number = linitial(cast->args);
	}
	return IsA(number, Const) && !number->constisnull &&
		   ((number->consttype == INT4OID && DatumGetInt32(number->constvalue) == 0) ||
			(number->consttype == INT8OID && DatumGetInt64(number->constvalue) == 0));
}

/* Whether a node is function(attribute, 0). */
static bool
is_hash(const Node *node, Oid function, AttrNumber attno)
{
	const FuncExpr *call = (const FuncExpr *) node;
	const Var *argument;

	if (!IsA(node, FuncExpr) || call->funcid != function ||
		call->inputcollid != C_COLLATION_OID || list_length(call->args) != 2)
		return false;
	argument = linitial(call->args);
	return IsA(argument, Var) && argument->varattno == attno &&
		   argument->varlevelsup == 0 && is_zero(lsecond(call->args));
}

/* Whether the index has that one expression, as it is stored. */
static bool
has_expression(Relation index, Oid function, AttrNumber attno)
{
	bool is_null;
	Datum datum = SysCacheGetAttr(INDEXRELID, index->rd_indextuple,
								  Anum_pg_index_indexprs, &is_null);
	List *expressions;

	if (is_null)
		return false;
	expressions = stringToNode(TextDatumGetCString(datum));
	return list_length(expressions) == 1 &&
		   is_hash(linitial(expressions), function, attno);
}

static bool
has_keys(Relation index, Oid second_family, Oid second_type)
{
	return index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indnatts == 2 &&
		   index->rd_index->indnkeyatts == 2 &&
		   index->rd_opfamily[0] == TEXT_BTREE_FAM_OID &&
		   index->rd_opcintype[0] == TEXTOID &&
		   index->rd_indcollation[0] == C_COLLATION_OID &&
		   index->rd_opfamily[1] == second_family &&
		   index->rd_opcintype[1] == second_type;
}

/* Whether a snapshot of this transaction may use the index, and it has every row. */
static bool
is_usable(Relation index)
{
	if (!index->rd_index->indisvalid || !index->rd_index->indislive ||
		!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
		return false;
	return !index->rd_index->indcheckxmin ||
		   TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
								 TransactionXmin);
}

/* known: its expression was compared before, and cannot change. */
static bool
is_ours(const GeEncoderCursor *cursor, Relation index, GeEncoderIndex wanted, bool known)
{
	const AttrNumber *keys = index->rd_index->indkey.values;
	const AttrNumber *attno = cursor->attno;

	if (!is_usable(index) ||
		!has_keys(index, INTEGER_BTREE_FAM_OID,
				  wanted == GE_ENCODER_BY_CODE ? INT4OID : INT8OID) ||
		keys[0] != attno[GE_ENCODER_COLUMN_NAME])
		return false;
	if (wanted == GE_ENCODER_BY_CODE)
		return keys[1] == attno[GE_ENCODER_CODE];
	if (keys[1] != 0)
		return false;
	return known ||
		   (wanted == GE_ENCODER_BY_VALUE
				? has_expression(index, F_HASHTEXTEXTENDED, attno[GE_ENCODER_VALUE])
				: has_expression(index, F_HASH_ARRAY_EXTENDED, attno[GE_ENCODER_VALUES]));
}

/* The index, locked, if it is the one that is wanted. */
static Relation
try_index(GeEncoderCursor *cursor, Oid oid, GeEncoderIndex wanted, bool known)
{
	Relation index = index_open(oid, AccessShareLock);

	if (is_ours(cursor, index, wanted, known))
	{
		cursor->index_oid[wanted] = oid;
		return index;
	}
	index_close(index, AccessShareLock);
	return NULL;
}

Relation
ge_encoder_open_index(GeEncoderCursor *cursor, GeEncoderIndex wanted)
{
	List *oids = RelationGetIndexList(cursor->relation);
	Relation index = NULL;
	ListCell *cell;

	if (list_member_oid(oids, cursor->index_oid[wanted]))
		index = try_index(cursor, cursor->index_oid[wanted], wanted, true);
	foreach (cell, oids)
	{
		if (index != NULL)
			break;
		index = try_index(cursor, lfirst_oid(cell), wanted, false);
	}
	list_free(oids);
	return index;
}
