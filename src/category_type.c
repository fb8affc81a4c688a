#include "category_type.h"
